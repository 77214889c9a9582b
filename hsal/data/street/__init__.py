"""Street Numbers: synthetic house numbers that need no download."""
