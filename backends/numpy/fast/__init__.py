"""The fast form of a network: a plan of its layers, and the lines that tell it."""
