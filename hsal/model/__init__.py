"""The model, in the order of the paper's figure; imports nothing of hsal but config and errors."""
