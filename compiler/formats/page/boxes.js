// What stands on a box: its outline, its words, and what is read out.

function facesOf(item) {
  const { width, height, part } = item;
  const open = Boolean(item.items);
  const face = { class: "face", width, height, rx: open ? 10 : 7 };
  if (open) return [shape("rect", face)];
  const behind = part.count > 1 ? [6, 3] : [];
  return [
    ...behind.map((by) => shape("rect", { class: "behind", x: by, y: by, width, height, rx: 7 })),
    shape("rect", face),
  ];
}

// `widthOf` measures a text in some letters.
function labelled(item, widthOf) {
  const { part, width } = item;
  const open = Boolean(item.items);
  const label = labelOf(part);
  const group = shape("g", { class: "label" });
  const text = (kind, x, y, words, end) =>
    shape("text", { class: kind, x, y, "text-anchor": end ? "end" : null }, words);
  const fold = part.items ? 16 : 0;
  if (part.items) {
    const d = open ? "M0 0l4.5 5l4.5-5" : "M1 -2.5l5 4.5l-5 4.5";
    const at = open ? "translate(12 13)" : "translate(14 17.5)";
    group.append(
      shape(
        "g",
        { class: "fold", "data-fold": part.id },
        shape("rect", { x: 4, y: 3, width: 24, height: 24, rx: 5 }),
        shape("path", { d, transform: at }),
      ),
    );
  }
  const call = widthOf(label.call, "call");
  const name = widthOf(label.name, "name");
  if (open) {
    group.append(text("call", 12 + fold, 20, label.call));
    group.append(text("name", 12 + fold + call + 10, 20, label.name));
  } else {
    group.append(text("call", 11 + fold, 20, label.call));
    if (label.joined) group.append(text("joined", 11 + fold + call + 8, 20, label.joined));
    group.append(text("name", 11 + fold, 37, label.name));
    group.append(text("volume", width - 11, 37, label.volume, true));
  }
  if (label.badge) {
    const wide = widthOf(label.badge, "joined") + 12;
    const left = open ? 12 + fold + call + 10 + (name ? name + 8 : 0) : width - wide - 8;
    group.append(
      shape("rect", { class: "badge", x: left, y: 8, width: wide, height: 16, rx: 8 }),
      text("count", left + 6, 20, label.badge),
    );
  }
  group.append(shape("title", {}, spoken(part)));
  return group;
}

function labelOf(part) {
  return {
    call: shortened(part.call || part.name, 40),
    name:
      part.call && part.name !== part.call
        ? shortened(part.name, 40)
        : part.call
          ? ""
          : counted(part.layers, "layer"),
    joined: part.joined.join(" · "),
    volume:
      part.outputs.length && !part.items
        ? `${part.volume} → ${shortened(part.outputs.join(", "), 20)}`
        : part.volume,
    badge: part.count > 1 ? `×${part.count}` : "",
  };
}

function spoken(part) {
  const words = [part.call || part.kind, ...part.joined, part.path];
  if (part.count > 1) words.push(`${part.count} times`);
  if (part.items) words.push(counted(part.layers, "layer"));
  return [...words, part.volume, ...part.outputs.map((name) => `output ${name}`)].join(", ");
}

function arrowhead() {
  const marker = (id) =>
    shape(
      "marker",
      {
        id,
        viewBox: "0 0 8 8",
        refX: 7,
        refY: 4,
        markerWidth: 8,
        markerHeight: 8,
        orient: "auto",
        markerUnits: "userSpaceOnUse",
      },
      shape("path", { d: "M0.5 0.5L7.5 4L0.5 7.5L2 4Z" }),
    );
  return shape("defs", {}, marker("arrow"), marker("near-arrow"));
}
