"""Compare saliency: maps of one image by many models, and how each changes attention."""
