"""Models and their weights: built by name, saved, found and described."""
