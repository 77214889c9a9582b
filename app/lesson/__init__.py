"""The lesson "Covert and overt": nine chapters, each with a live element of the model."""
