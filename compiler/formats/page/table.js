// The report's table: layers within blocks, or sorted, or filtered.

class LayerTable extends Rows {
  constructor(scroll, data, choice, hues) {
    super(scroll, choice);
    this.data = data;
    this.hues = hues; // of the metrics that have bars
    this.shown = new Set(data.metrics.filter((m) => m.shown && m.known).map((m) => m.name));
    this.tree = treeOf(data.rows, data.metrics);
    const level = data.depth ?? readableLevel(this.tree.top);
    this.open = new Set(
      this.tree.blocks.filter((block) => block.level < level).map((block) => block.key),
    );
    this.sort = null; // [index of a metric, descending]
    this.head.addEventListener("click", (event) =>
      this.sortBy(event.target.closest("[data-sort]")),
    );
    this.draw();
  }

  get count() {
    return this.data.rows.length;
  }

  // Those that are drawn as bars come first.
  get columns() {
    const columns = this.data.metrics.map((metric, at) => [metric, at]);
    const rank = ([metric]) => (this.hues.has(metric.name) ? 0 : 1);
    return columns
      .filter(([metric]) => this.shown.has(metric.name))
      .sort((a, b) => rank(a) - rank(b));
  }

  get isFlat() {
    return Boolean(this.sort || this.filter);
  }

  seen() {
    const lines = this.isFlat
      ? matching(this.data.rows, this.filter)
      : seenLines(this.tree.top, this.open);
    // A full bar is the largest of what is seen: a layer, or a folded block.
    const barred = lines.filter((line) => !this.isOpen(line)).map(quantitiesIn);
    this.most = this.data.metrics.map((_, at) =>
      scaleOf(barred.map((each) => Number(each[at]) || 0)),
    );
    this.table.classList.toggle("tree", !this.isFlat);
    return this.sort ? sortedBy(lines, ...this.sort) : lines;
  }

  around(rows) {
    if (this.isFlat) return [];
    const first = this.choice.first;
    const block = this.tree.blocks.find(
      (each) =>
        each.rows[0] === first && each.rows.length > 1 && each.rows.every((row) => rows.has(row)),
    );
    const found = [];
    let each = block ? block.around : this.tree.leaves[first].around;
    for (; each.around; each = each.around) found.push(each);
    return found;
  }

  sortBy(button) {
    if (!button) return;
    const at = Number(button.dataset.sort);
    const [old, descending] = this.sort ?? [];
    this.sort = old !== at ? [at, true] : descending ? [at, false] : null;
    this.scroll.scrollTop = 0;
    this.draw();
    this.head.querySelector(`[data-sort="${at}"]`).focus();
  }

  drawHead() {
    const columns = this.columns.map(([metric, at]) => {
      const sorted = this.sort?.[0] === at ? (this.sort[1] ? "descending" : "ascending") : null;
      const button = element(
        "button",
        { type: "button", "data-sort": at, title: `${metric.method} (${metric.unit})` },
        metric.title,
      );
      return element("th", { scope: "col", "aria-sort": sorted }, button);
    });
    const fixed = ["path", "layer", "output"].map((title) =>
      element("th", { scope: "col" }, title),
    );
    this.head.replaceChildren(element("tr", {}, ...fixed, ...columns));
  }

  drawFoot() {
    const rows = this.filter ? this.lines.flatMap((line) => line.rows) : null;
    const numbers = this.columns.map(([metric, at]) => {
      const quantity =
        rows && metric.total !== "none"
          ? together(
              metric,
              rows.map((row) => this.data.rows[row].quantities[at]),
            )
          : this.data.totals[metric.name];
      return element("td", {}, exact(quantity ?? ""));
    });
    const title = rows ? counted(this.lines.length, "layer") : "total";
    this.foot.replaceChildren(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, title),
        element("td"),
        element("td"),
        ...numbers,
      ),
    );
  }

  cells(line) {
    const block = Boolean(line.inner);
    const layer = block
      ? [line.block, counted(line.rows.length, "layer")].filter(Boolean).join(", ")
      : line.row.layer;
    const kind = block ? (line.block ? "block" : "group") : line.row.kind;
    const output = this.data.rows[line.rows.at(-1)].volume;
    return [
      element(
        "th",
        { scope: "row", style: `--level:${line.level}`, title: line.path },
        element("bdi", {}, this.isFlat ? line.path : line.name),
      ),
      element(
        "td",
        { class: `is-${kind}`, title: layer },
        element("bdi", {}, shortened(layer, 60)),
      ),
      element("td", {}, output),
      ...this.columns.map(([metric, at]) =>
        this.cell(metric, at, quantitiesIn(line)[at], !this.isOpen(line)),
      ),
    ];
  }

  cell(metric, at, quantity, barred) {
    if (quantity === null) return numberCell(metric.absent, true);
    const zero = !Array.isArray(quantity) && Number(quantity) === 0;
    const hue = this.hues.get(metric.name);
    const shares = hue && barred && !zero ? [Number(quantity) / this.most[at]] : [];
    return numberCell(exact(quantity), zero, shares, hue);
  }
}
