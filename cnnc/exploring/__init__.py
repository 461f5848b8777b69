"""A family of networks, member by member: counted, chosen from, written out."""
