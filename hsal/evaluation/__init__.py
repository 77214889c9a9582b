"""What a model does on scenes, and every measure made from it."""
