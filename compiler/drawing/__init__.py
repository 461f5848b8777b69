"""A network as a picture: graph -> parts within parts -> places -> SVG, DOT or Mermaid.

`parts` finds what belongs together, `fold` says how much of it is shown, `places` puts it into
ranks and lanes, and only then do pixels and formats come in.
"""
