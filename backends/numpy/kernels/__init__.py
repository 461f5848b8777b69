"""The operators in NumPy, one subject a file; what a net uses is copied into its module."""
