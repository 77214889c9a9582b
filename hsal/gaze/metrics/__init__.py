"""Metrics of saliency maps against fixations and boxes."""
