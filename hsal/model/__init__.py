"""The model; one module per box of the paper's figure."""
