"""Rules that say in words what kind of change a difference is: one function a kind of change."""
