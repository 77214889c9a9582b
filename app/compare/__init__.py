"""Compare saliency: the maps of one image by many models, and what each does to attention."""
