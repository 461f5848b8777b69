// Pixels for what is unfolded: sizes from the inside out. Ranks, bands and lanes come from
// compiler/drawing/layers.py; a part's `axis` is the x of its main line.

const SIZE = {
  head: 30, // the title of an unfolded part
  box: 46,
  least: 118,
  pad: 16, // left and right of what is within a part
  between: 24, // wide lanes
  thin: 15, // a lane in which only wires pass
  gap: 26, // between ranks
  outer: 20, // above the first and below the last rank
  rim: 14, // the same where no wire passes
  track: 7, // between wires that turn in one gap
  port: 13, // between wires that enter side by side
};

// A box for a part and, where it is unfolded, for all that is seen within it.
function arranged(part, open, measure) {
  if (!part.items || !open.has(part.id)) {
    const wide = Math.ceil(Math.max(SIZE.least, measure(part)));
    return { part, width: wide, height: SIZE.box, axis: wide / 2, items: null };
  }
  const items = part.items.map((item) => arranged(item, open, measure));
  const lanes = laneCentres(part, items);
  const whole = part.around === null;
  const box = { part, items, x: 0, y: 0 };
  const left = lanes.reduce((least, band) => Math.min(least, band.left), 0) - SIZE.pad;
  const right = lanes.reduce((most, band) => Math.max(most, band.right), 0) + SIZE.pad;
  const title = whole ? 0 : Math.ceil(measure(part));
  box.width = Math.max(right - left, title);
  box.axis = (box.width - (right - left)) / 2 - left;
  items.forEach((item, index) => {
    const [, band, lane] = part.places[index];
    item.x = box.axis + lanes[band].wide[lane] - item.axis;
  });
  box.entries = spread(box.axis, part.entries ?? 0, 16);
  box.exits = spread(box.axis, part.exits ?? 0, 16);
  const routes = routed(part, box, lanes);
  const tops = rankTops(part, items, routes.gaps, whole ? 0 : SIZE.head);
  items.forEach((item, index) => {
    const rank = part.places[index][0];
    item.y = tops.ranks[rank] + (tops.heights[rank] - item.height) / 2;
  });
  box.height = tops.bottom;
  box.wires = routes.wires.map((route) => drawnRoute(route, box, tops));
  return box;
}

// For each band the x of its lanes, from the main line.
function laneCentres(part, items) {
  const sides = part.bands.map(([, , wide]) => [new Array(wide).fill(0), new Array(wide).fill(0)]);
  part.places.forEach(([, band, lane], item) => {
    const [left, right] = sides[band];
    left[lane] = Math.max(left[lane], items[item].axis);
    right[lane] = Math.max(right[lane], items[item].width - items[item].axis);
  });
  return part.bands.map(([, , wide, thin, centred], index) => {
    const [left, right] = sides[index];
    const centres = [];
    let at = 0;
    for (let lane = 0; lane < wide; lane++) {
      centres.push(at + left[lane]);
      at += left[lane] + right[lane] + SIZE.between;
    }
    at -= SIZE.between;
    const shift = centred ? at / 2 : centres[0];
    const thins = [];
    for (let lane = 0; lane < thin; lane++) thins.push(at - shift + SIZE.thin * (lane + 1));
    return {
      wide: centres.map((centre) => centre - shift),
      thin: thins,
      left: -shift,
      right: at - shift + SIZE.thin * thin,
    };
  });
}

// `count` places side by side about a centre.
function spread(centre, count, distance) {
  return Array.from({ length: count }, (_, index) => centre + (index - (count - 1) / 2) * distance);
}

// The y of every rank and of every gap above one.
function rankTops(part, items, gaps, head) {
  const heights = new Array(gaps.length - 1).fill(0);
  part.places.forEach(([rank], index) => {
    heights[rank] = Math.max(heights[rank], items[index].height);
  });
  const tops = { ranks: [], heights, gaps: [], head };
  let y = head;
  gaps.forEach((gap, rank) => {
    tops.gaps.push(y);
    y += gap;
    if (rank < heights.length) {
      tops.ranks.push(y);
      y += heights[rank];
    }
  });
  tops.bottom = y;
  return tops;
}
