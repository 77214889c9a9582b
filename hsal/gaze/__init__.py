"""Gaze data and saliency maps: metrics, and the benchmark of saliency models."""
