"""Metrics that compare scanpaths with each other, or describe them; pure functions of numpy arrays."""
