"""`cnnc compile --bundle`: a network, its weights and what is done to photographs, to deploy."""
