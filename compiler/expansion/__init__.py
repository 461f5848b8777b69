"""Tree to graph: names are bound, elements written out, volumes known as it goes."""
