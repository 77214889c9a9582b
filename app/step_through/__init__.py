"""Step through: an image, the trace of a model on it, and its address."""
