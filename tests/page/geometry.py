"""What a picture may not do, measured in the browser that drew it."""

from __future__ import annotations

from typing import Any

# Rectangles of the boxes that are no frame of others, in pixels of the drawing.
BOXES = """
const world = root.querySelector('.world');
const at = (node) => {
  const { x, y, width, height } = node.querySelector(':scope > .face').getBBox();
  const matrix = world.getScreenCTM().inverse().multiply(node.getScreenCTM());
  return { x: matrix.e + x, y: matrix.f + y, width, height };
};
const boxes = [...root.querySelectorAll('.part')].map((node) => ({
  node, name: node.getAttribute('aria-label'), open: node.classList.contains('open'), ...at(node),
}));
"""

OVERLAPS = f"""(root) => {{ {BOXES}
const found = [];
for (const a of boxes) for (const b of boxes) {{
  if (a === b || a.node.contains(b.node) || b.node.contains(a.node)) continue;
  if (a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height)
    found.push([a.name, b.name]);
}}
for (const outer of boxes) for (const inner of boxes) {{
  if (outer === inner || !outer.node.contains(inner.node)) continue;
  const [right, lower] = [outer.x + outer.width, outer.y + outer.height];
  if (inner.x < outer.x || inner.y < outer.y || inner.x + inner.width > right
      || inner.y + inner.height > lower) found.push([outer.name, inner.name, 'out']);
}}
return found; }}"""

# Points of every wire that lie inside a box (one pixel of its rim is left out).
CROSSINGS = f"""(root) => {{ {BOXES}
const found = [];
for (const wire of root.querySelectorAll('.wires path')) {{
  const matrix = world.getScreenCTM().inverse().multiply(wire.getScreenCTM());
  const length = wire.getTotalLength();
  const near = boxes.filter((box) => !box.node.contains(wire));
  for (let way = 0; way <= length; way += 3) {{
    const {{ x, y }} = wire.getPointAtLength(way).matrixTransform(matrix);
    for (const box of near) {{
      if (x > box.x + 1 && x < box.x + box.width - 1 && y > box.y + 1 && y < box.y + box.height - 1)
        found.push([wire.dataset.ends, box.name]);
    }}
  }}
}}
return found; }}"""


NAMES = f"(root) => {{ {BOXES} return boxes.map((box) => box.name); }}"


def boxes(drawing: Any) -> list[str]:
    """What every box says of itself."""
    found: list[str] = drawing.evaluate(NAMES)
    return found


def overlaps(drawing: Any) -> list[list[str]]:
    """Pairs of boxes that lie on one another, or of which one sticks out of the other."""
    found: list[list[str]] = drawing.evaluate(OVERLAPS)
    return found


def crossings(drawing: Any) -> list[list[str]]:
    """Wires that pass through a box."""
    found: list[list[str]] = drawing.evaluate(CROSSINGS)
    return found
