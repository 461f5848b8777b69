"""A difference as text: one file a format, each a pure function."""
