"""The PyTorch backend: standalone modules that import the standard library and torch alone."""
