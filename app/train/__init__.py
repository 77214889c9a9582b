"""Train: start, follow, compare and stop training runs."""
