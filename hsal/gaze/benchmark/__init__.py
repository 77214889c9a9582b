"""The benchmark of saliency models against fixations or boxes."""
