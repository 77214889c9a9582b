"""Datasets: scenes of digits, house numbers, images with fixations, and uploaded images."""
