"""An exploration as text."""
