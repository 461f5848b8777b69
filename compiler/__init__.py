"""Tree to graph, checked and optimised, and what can be said of a graph. Knows no backend."""
