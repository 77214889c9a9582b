"""Compare saliency: the maps of one picture by many models, and what each does to attention."""
