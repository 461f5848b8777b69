"""Backends: source text from a checked graph."""
