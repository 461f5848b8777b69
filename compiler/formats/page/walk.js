// The next box for an arrow key: along the wires of what is seen, or to the branch beside.

// Follows the wires down (or up), into unfolded parts and out of them.
function alongWires(open, part, down) {
  return down && open.has(part.id)
    ? firstWithin(open, part, true, null)
    : leaving(open, part, down);
}

function leaving(open, part, down) {
  const around = part.around;
  if (!around) return null;
  const index = around.items.indexOf(part);
  const [here, there] = down ? [0, 2] : [2, 0];
  const next = around.wires.filter((wire) => wire[here] === index);
  const inner = next.filter((wire) => wire[there] >= 0);
  if (inner.length) {
    const wire = leftmost(around, inner, there);
    const target = around.items[wire[there]];
    return open.has(target.id) ? firstWithin(open, target, down, wire) : target;
  }
  if (next.length) return around.around ? leaving(open, around, down) : null;
  return null;
}

function leftmost(around, wires, end) {
  const lane = (wire) => around.places[wire[end]][2];
  return wires.reduce((best, wire) => (lane(wire) < lane(best) ? wire : best));
}

// The first item that a value reaches within an unfolded part, from its beginning or its end.
function firstWithin(open, part, down, wire) {
  const [from, to] = down ? [0, 2] : [2, 0];
  const inner = part.wires.filter((each) => each[from] < 0 && each[to] >= 0);
  const port = wire && (down ? wire[3] : wire[1]);
  const same = inner.filter((each) => each[down ? 1 : 3] === port);
  const found = same.length ? same : inner;
  const item = found.length
    ? part.items[leftmost(part, found, to)[to]]
    : part.items.at(down ? 0 : -1);
  return open.has(item.id) ? firstWithin(open, item, down, null) : item;
}

// The neighbour in the same rank, of this part or of the nearest one around that has any.
function beside(part, boxes, by) {
  for (let each = part; each.around; each = each.around) {
    const { items, places } = each.around;
    const rank = places[items.indexOf(each)][0];
    const row = items
      .filter((_, index) => places[index][0] === rank)
      .sort((a, b) => boxes.get(a.id).left - boxes.get(b.id).left);
    const next = row[row.indexOf(each) + by];
    if (next) return next;
  }
  return null;
}
