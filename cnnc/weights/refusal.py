"""What a pickle is refused for."""

from __future__ import annotations


class Refused(Exception):
    """A pickle names something that is not on the list; the argument is its name."""
