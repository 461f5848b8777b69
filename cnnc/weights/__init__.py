"""Weights files: read in the forms of other tools, mapped onto a network, converted, written."""
