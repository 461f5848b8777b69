"""Text to syntax tree. Knows no operator and no graph."""
