"""Functions that are copied, as they stand, into the modules that need them."""
