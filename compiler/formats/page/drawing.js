// The drawing: boxes within boxes as SVG, for what is unfolded now.

const LETTERS = { call: "600 13px", joined: "500 11px", name: "400 11.5px", volume: "400 11.5px" };

class Drawing {
  constructor(svg, network, depth, choice) {
    this.svg = svg;
    this.network = network;
    this.choice = choice;
    this.open = new Set(
      network.parts
        .filter((part) => part.items && part.level < Math.max(1, depth))
        .map((p) => p.id),
    );
    this.pen = document.createElement("canvas").getContext("2d");
    this.family = getComputedStyle(document.documentElement).fontFamily;
    this.widths = new Map();
    this.nodes = new Map();
    this.boxes = new Map();
    this.world = shape("g", { class: "world" });
    svg.append(arrowhead(), this.world);
    this.shade = null;
    this.status = null; // what became of a part, where that is shown
    this.dim = null; // rows that a filter leaves, or null
    this.current = network.top.items ? network.top.items[0].id : network.top.id;
    this.draw();
    choice.listen(() => this.mark());
  }

  width(text, letters) {
    this.pen.font = `${LETTERS[letters]} ${this.family}`;
    return this.pen.measureText(text).width;
  }

  measure(part) {
    const open = this.open.has(part.id);
    const key = open ? -part.id : part.id;
    if (!this.widths.has(key)) this.widths.set(key, this.measured(part, open));
    return this.widths.get(key);
  }

  measured(part, open) {
    const label = labelOf(part);
    const badge = label.badge ? this.width(label.badge, "joined") + 20 : 0;
    const call = this.width(label.call, "call");
    const joined = label.joined ? this.width(label.joined, "joined") + 8 : 0;
    const name = this.width(label.name, "name");
    const fold = part.items ? 16 : 0;
    if (open) return 24 + fold + call + (name ? name + 10 : 0) + badge;
    const below = name + this.width(label.volume, "volume") + 14;
    return 23 + fold + Math.max(call + joined + badge, below);
  }

  draw() {
    const focused = this.svg.contains(document.activeElement);
    this.nodes.clear();
    this.boxes.clear();
    this.layout = arranged(this.network.top, this.open, (part) => this.measure(part));
    this.world.replaceChildren(this.within(this.layout, 0, 0));
    this.mark();
    this.setCurrent(this.network.seen(this.network.parts[this.current], this.open), focused);
  }

  // Wires and items of an unfolded part whose corner lies at x, y.
  within(box, x, y) {
    const group = shape("g", { class: "items", role: box.part.around ? "group" : "presentation" });
    const wires = shape("g", { class: "wires", "aria-hidden": "true" });
    for (const wire of box.wires) {
      const path = shape("path", { d: pathOf(wire.points), "data-ends": this.ends(box, wire) });
      if (wire.target >= 0) path.setAttribute("marker-end", "url(#arrow)");
      wires.append(path);
    }
    group.append(wires);
    box.items.forEach((item) => group.append(this.box(item, x, y)));
    return group;
  }

  ends(box, wire) {
    const id = (index) => (index < 0 ? box.part.id : box.items[index].part.id);
    return `${id(wire.source)} ${id(wire.target)}`;
  }

  box(item, x, y) {
    const { part } = item;
    const open = Boolean(item.items);
    item.left = x + item.x;
    item.top = y + item.y;
    this.boxes.set(part.id, item);
    const kinds = [
      "part",
      `is-${part.kind}`,
      open && "open",
      part.items && "scope",
      part.count > 1 && "run",
    ];
    if (this.status) kinds.push(`status-${this.status(part)}`);
    const group = shape("g", {
      class: kinds.filter(Boolean).join(" "),
      transform: `translate(${item.x} ${item.y})`,
      role: "treeitem",
      tabindex: "-1",
      "data-id": part.id,
      "aria-level": part.level,
      "aria-expanded": part.items ? String(open) : null,
      "aria-selected": "false",
      "aria-label": spoken(part),
    });
    group.append(
      ...facesOf(item),
      labelled(item, (text, letters) => this.width(text, letters)),
    );
    if (open) group.append(this.within(item, item.left, item.top));
    this.nodes.set(part.id, group);
    return group;
  }

  // Which boxes are chosen, which a filter leaves, how strongly each is shaded.
  mark() {
    const { rows, part } = this.choice;
    const chosen = new Set();
    const own = part !== null && this.network.parts[part.id] === part;
    if (own) chosen.add(this.network.seen(part, this.open).id);
    else
      for (const row of rows) {
        const leaf = this.network.leaf[row];
        if (leaf !== null) chosen.add(this.network.seen(this.network.parts[leaf], this.open).id);
      }
    const most = this.shade ? this.strongest() : 0;
    for (const [id, node] of this.nodes) {
      const each = this.network.parts[id];
      node.classList.toggle("chosen", chosen.has(id));
      node.setAttribute("aria-selected", String(chosen.has(id)));
      node.classList.toggle(
        "dim",
        this.dim !== null && !rowsIn(each.rows).some((row) => this.dim.has(row)),
      );
      const strength = this.shade && !this.open.has(id) ? this.shade.of(each) / most : 0;
      node.style.setProperty("--strength", `${(60 * strength).toFixed(1)}%`);
      node.style.setProperty("--tint", this.shade ? `var(--${this.shade.hue})` : "transparent");
    }
    for (const wire of this.world.querySelectorAll(".wires path")) {
      const near = wire.dataset.ends
        .split(" ")
        .some((id) => chosen.has(Number(id)) && !this.open.has(Number(id)));
      wire.classList.toggle("near", near);
      wire.setAttribute(
        "marker-end",
        wire.hasAttribute("marker-end") ? `url(#${near ? "near-arrow" : "arrow"})` : "",
      );
      if (!wire.getAttribute("marker-end")) wire.removeAttribute("marker-end");
    }
  }

  // Dims what a filter does not leave; null for no filter.
  leave(rows) {
    this.dim = rows;
    this.mark();
  }

  strongest() {
    const seen = [...this.nodes.keys()].filter((id) => !this.open.has(id));
    return scaleOf(seen.map((id) => this.shade.of(this.network.parts[id])));
  }

  setCurrent(part, focus) {
    this.nodes.get(this.current)?.setAttribute("tabindex", "-1");
    this.current = part.id;
    const node = this.nodes.get(part.id);
    if (!node) return;
    node.setAttribute("tabindex", "0");
    if (focus) node.focus({ preventScroll: true });
  }

  fold(part, open) {
    if (!part.items || part.around === null) return;
    if (open) this.open.add(part.id);
    else
      for (const each of this.network.parts) if (this.inside(each, part)) this.open.delete(each.id);
    this.draw();
  }

  inside(part, whole) {
    for (let each = part; each; each = each.around) if (each === whole) return true;
    return false;
  }

  // Everything around the part, so that it is seen.
  reveal(part) {
    const folded = this.network
      .chain(part)
      .slice(0, -1)
      .filter((each) => !this.open.has(each.id));
    for (const each of folded) this.open.add(each.id);
    if (folded.length) this.draw();
  }

  foldAll() {
    this.open = new Set([this.network.top.id]);
    this.draw();
  }

  unfoldMore() {
    const seen = [...this.nodes.keys()].map((id) => this.network.parts[id]);
    for (const part of seen) if (part.items) this.open.add(part.id);
    this.draw();
  }
}
