// The scatter plot: a circle for every place, which several members may share.

const SVG = "http://www.w3.org/2000/svg";
const EDGE = { left: 64, right: 20, top: 16, bottom: 50 };
const HUES = 8;
const MANY = 400;

function svg(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

// `about`: columns `x` and `y` with isLog and better each, all rows, the hue of each, and what a place
// is called. Gives the places, each with its element.
function drawPlot(view, about) {
  const width = Math.max(view.clientWidth, 280), height = Math.max(view.clientHeight, 240);
  const across = scale(about.rows.map((row) => row[about.x.at]), about.x.isLog);
  const up = scale(about.rows.map((row) => row[about.y.at]), about.y.isLog);
  const left = (value) => EDGE.left + across.place(value) * (width - EDGE.left - EDGE.right);
  const top = (value) => height - EDGE.bottom - up.place(value) * (height - EDGE.top - EDGE.bottom);
  const picture = svg("svg", { width, height, role: "group", "aria-label": `${about.y.name} over ${about.x.name}` });
  picture.append(...axes(about, { across, up, left, top, width, height }));
  const places = placed(about);
  picture.append(frontLine(about, places, left, top));
  const points = svg("g", { class: about.rows.length > MANY ? "points many" : "points" });
  for (const place of places) {
    place.element = point(place, about, left, top);
    place.left = left(place.x);
    place.top = top(place.y);
    points.append(place.element);
  }
  // What is not beaten is drawn last, above all others.
  for (const place of places) if (place.isBest) points.append(place.element);
  picture.append(points);
  view.replaceChildren(picture);
  if (places.length) places[0].element.setAttribute("tabindex", "0");
  return places;
}

function axes(about, { across, up, left, top, width, height }) {
  const [bottom, right] = [height - EDGE.bottom, width - EDGE.right];
  const parts = [];
  for (const tick of across.ticks) {
    const x = left(tick);
    parts.push(svg("line", { class: "grid", x1: x, x2: x, y1: EDGE.top, y2: bottom }));
    parts.push(svg("text", { class: "tick", x, y: bottom + 17, "text-anchor": "middle" }, short(tick)));
  }
  for (const tick of up.ticks) {
    const y = top(tick);
    parts.push(svg("line", { class: "grid", x1: EDGE.left, x2: right, y1: y, y2: y }));
    parts.push(svg("text", { class: "tick", x: EDGE.left - 8, y: y + 4, "text-anchor": "end" }, short(tick)));
  }
  const middle = (EDGE.left + right) / 2, centre = (EDGE.top + bottom) / 2;
  parts.push(svg("text", { class: "name", x: middle, y: height - 10, "text-anchor": "middle" }, title(about.x)));
  const turned = `rotate(-90 16 ${centre})`;
  parts.push(svg("text", { class: "name", x: 16, y: centre, transform: turned, "text-anchor": "middle" }, title(about.y)));
  return parts;
}

function title(column) {
  return column.name + (column.isLog ? ", log" : "");
}

// Members by place, those further left and then further down first.
function placed(about) {
  const turned = (row, axis) => (axis.better === "larger" ? -row[axis.at] : row[axis.at]);
  const best = front(about.rows.map((row) => [turned(row, about.x), turned(row, about.y)]));
  const places = new Map();
  about.rows.forEach((row, at) => {
    const [x, y] = [row[about.x.at], row[about.y.at]];
    const key = `${x} ${y}`;
    if (!places.has(key)) places.set(key, { x, y, rows: [], isBest: best.has(at) });
    places.get(key).rows.push(at);
  });
  return [...places.values()].sort((a, b) => a.x - b.x || a.y - b.y);
}

// A step wherever the front goes: below and beside it there is nothing.
function frontLine(about, places, left, top) {
  const best = places.filter((place) => place.isBest);
  const isUpFirst = about.x.better !== "larger";
  const path = best.map((place, at) => {
    const [x, y] = [left(place.x), top(place.y)];
    if (at === 0) return `M${x} ${y}`;
    return isUpFirst ? `H${x}V${y}` : `V${y}H${x}`;
  });
  return svg("path", { class: "front", d: path.join("") });
}

function point(place, about, left, top) {
  const hues = new Set(place.rows.map((row) => about.hue(row)));
  const hue = hues.size === 1 ? [...hues][0] : "mixed";
  const radius = (place.isBest ? 6 : 4.5) + Math.min(3, Math.log2(place.rows.length) / 2);
  return svg("circle", {
    class: `point${place.isBest ? " best" : ""}`, cx: left(place.x), cy: top(place.y), r: radius,
    "data-hue": hue, tabindex: "-1", role: "button", "aria-pressed": "false",
    "aria-label": about.describe(place),
  });
}
