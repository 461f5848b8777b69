"""Kernels of the fast form: they work on views made once, and allocate nothing when they run."""
