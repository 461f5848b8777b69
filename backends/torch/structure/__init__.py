"""The classes of a program's blocks."""
