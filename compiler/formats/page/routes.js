// Wires: down from a box, aside in the gap between two ranks, down a free lane, aside, down.

// Each wire with the x of its vertical pieces, the tracks of its turns, and how high gaps must be.
function routed(part, box, lanes) {
  const depth = part.bands.at(-1)[1] + 1;
  const wires = part.wires.map(([source, exit, target, entry], index) => {
    const way = part.ways[index];
    const start = source < 0 ? box.entries[exit] : outX(box.items[source], exit);
    const lane = way ? box.axis + laneX(lanes[way[0]], way[1]) : null;
    const above = source < 0 ? 0 : part.places[source][0] + 1;
    const below = target < 0 ? depth : part.places[target][0];
    return { source, exit, target, entry, start, lane, above, below, end: 0 };
  });
  enter(part, box, wires);
  return { wires, gaps: gapHeights(part, depth, wires) };
}

function laneX(band, lane) {
  return lane < band.wide.length ? band.wide[lane] : band.thin[lane - band.wide.length];
}

function outX(item, exit) {
  if (item.items) return item.x + item.exits[exit];
  const exits = item.part.exits ?? 1;
  return item.x + spread(item.axis, exits, SIZE.port)[exit];
}

// Where each wire ends: at a folded item in the order in which they come, so that none crosses.
function enter(part, box, wires) {
  const arriving = new Map();
  for (const wire of wires) {
    if (wire.target < 0) wire.end = box.exits[wire.entry];
    else if (box.items[wire.target].items) {
      const item = box.items[wire.target];
      wire.end = item.x + item.entries[wire.entry];
    } else arriving.set(wire.target, [...(arriving.get(wire.target) ?? []), wire]);
  }
  for (const [target, several] of arriving) {
    const item = box.items[target];
    const close = Math.min(SIZE.port, (item.width - 28) / Math.max(1, several.length - 1));
    const ports = spread(item.x + item.axis, several.length, close);
    several.sort((a, b) => (a.lane ?? a.start) - (b.lane ?? b.start) || a.entry - b.entry);
    several.forEach((wire, index) => {
      wire.end = ports[index];
    });
  }
}

// Gives every turn in a gap a track, and says how high each gap is.
function gapHeights(part, depth, wires) {
  const gaps = Array.from({ length: depth + 1 }, () => ({ turns: new Map(), passes: false }));
  for (const wire of wires) {
    const above = gaps[wire.above];
    above.passes = true;
    turn(above.turns, wire, "leave", wire.start, wire.lane ?? wire.end);
    if (wire.lane === null) continue;
    const below = gaps[wire.below];
    below.passes = true;
    turn(below.turns, wire, "arrive", wire.lane, wire.end);
  }
  return gaps.map(({ turns, passes }, gap) => {
    const tracks = onTracks([...turns.values()]);
    const outer = gap === 0 || gap === depth;
    if (outer && !passes) return part.around ? SIZE.rim : 0;
    return (outer ? SIZE.outer : SIZE.gap) + Math.max(0, tracks - 1) * SIZE.track;
  });
}

// Pieces of one value that leave side by side share a track.
function turn(turns, wire, which, from, to) {
  if (Math.abs(from - to) < 0.5) return;
  const value = `${wire.source} ${wire.exit}`;
  const key = which === "leave" ? value : `${value} ${from} ${to}`;
  const known = turns.get(key) ?? { low: Infinity, high: -Infinity, from, to, uses: [] };
  known.low = Math.min(known.low, from, to);
  known.high = Math.max(known.high, from, to);
  known.uses.push([wire, which]);
  turns.set(key, known);
}

// What goes right and begins furthest right turns first, and so on the other side: then wires that
// come together lie within one another.
function onTracks(turns) {
  const order = (each) => {
    if (each.uses.length > 1) return [0, 0];
    return each.to > each.from ? [1, -each.from] : [1, each.from];
  };
  const sorted = turns.toSorted((a, b) => {
    const [one, other] = [order(a), order(b)];
    return one[0] - other[0] || one[1] - other[1];
  });
  const placed = [];
  let tracks = 0;
  for (const each of sorted) {
    each.track = 0;
    for (const other of placed) {
      if (other.low <= each.high && each.low <= other.high) {
        each.track = Math.max(each.track, other.track + 1);
      }
    }
    placed.push(each);
    tracks = Math.max(tracks, each.track + 1);
  }
  for (const each of turns) {
    for (const [wire, which] of each.uses) {
      wire[which] = (each.track - (tracks - 1) / 2) * SIZE.track;
    }
  }
  return tracks;
}

// The corners of a wire within its part.
function drawnRoute(wire, box, tops) {
  const middle = (gap) => {
    const below = gap < tops.ranks.length ? tops.ranks[gap] : tops.bottom;
    return (tops.gaps[gap] + below) / 2;
  };
  const item = (index) => box.items[index];
  const y1 = wire.source < 0 ? tops.head : item(wire.source).y + item(wire.source).height;
  const y2 = wire.target < 0 ? tops.bottom : item(wire.target).y;
  const points = [[wire.start, y1]];
  const aside = (to, y) => {
    const from = points.at(-1)[0];
    if (Math.abs(from - to) >= 0.5) points.push([from, y], [to, y]);
  };
  if (wire.lane !== null) aside(wire.lane, middle(wire.above) + (wire.leave ?? 0));
  const last = wire.lane === null ? wire.above : wire.below;
  const shift = wire.lane === null ? wire.leave : wire.arrive;
  aside(wire.end, middle(last) + (shift ?? 0));
  points.push([wire.end, y2]);
  return { ...wire, points };
}

// A path through corners that are rounded.
function pathOf(points, radius = 7) {
  let text = `M${points[0].join(" ")}`;
  for (let index = 1; index < points.length - 1; index++) {
    const [before, corner, after] = [points[index - 1], points[index], points[index + 1]];
    const near = (other) => {
      const length = Math.hypot(other[0] - corner[0], other[1] - corner[1]);
      const part = Math.min(radius, length / 2) / (length || 1);
      return [corner[0] + (other[0] - corner[0]) * part, corner[1] + (other[1] - corner[1]) * part];
    };
    text += `L${near(before).join(" ")}Q${corner.join(" ")} ${near(after).join(" ")}`;
  }
  return `${text}L${points.at(-1).join(" ")}`;
}
