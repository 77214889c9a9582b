"""Training: the backbone alone, then meta-controller and controller together."""
