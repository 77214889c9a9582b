"""Images with the fixations of people."""
