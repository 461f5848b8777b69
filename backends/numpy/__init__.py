"""The NumPy backend: standalone modules that import the standard library and NumPy alone."""
