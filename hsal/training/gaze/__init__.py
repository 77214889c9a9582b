"""Training on people's fixations: saliency, and free viewing."""
