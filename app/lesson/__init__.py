"""Covert and overt: the lesson of eight chapters, each with a live element of the model."""
