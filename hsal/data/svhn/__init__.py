"""House numbers of SVHN."""
