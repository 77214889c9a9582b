"""MNIST digits, and scenes made of them."""
