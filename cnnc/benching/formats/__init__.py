"""A bench in words and numbers."""
