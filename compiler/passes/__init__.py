"""The passes: one pure function a file, Graph to Graph, called after its file."""
