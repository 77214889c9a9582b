"""A model's predictions on scenes, and the measures computed from them."""
