"""The lesson "Covert and overt": eight chapters, each with a live element of the model."""
