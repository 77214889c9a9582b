"""Models and their weights: put together by name, saved, found and described."""
