"""Saliency maps of pictures: what models look at, what they share, and what is made of their maps."""
