"""Speed of the generated code beside others', measured in turns, with equality shown by numbers."""
