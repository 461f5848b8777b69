// The table. Of many lines only those are in the document that can be seen.

const LINE = 27; // pixels, as in page.css
const ALL_AT_ONCE = 400;
const MARGIN = 12;

class Table {
  constructor(scroll, data, choice, hues) {
    this.scroll = scroll;
    [this.head, this.body, this.foot] = ["thead", "tbody", "tfoot"].map((name) => scroll.querySelector(name));
    this.data = data;
    this.choice = choice;
    this.hues = hues; // of the metrics that have bars
    this.shown = new Set(data.metrics.filter((m) => m.shown && m.known).map((m) => m.name));
    this.tree = treeOf(data.rows, data.metrics);
    const level = readableLevel(this.tree.top);
    this.open = new Set(this.tree.blocks.filter((block) => block.level < level).map((block) => block.path));
    this.sort = null; // [index of a metric, descending]
    this.filter = "";
    this.current = null;
    this.listeners = [];
    scroll.addEventListener("scroll", () => this.window());
    new ResizeObserver(() => this.window()).observe(scroll);
    choice.listen((_, from) => this.chosen(from));
    this.draw();
  }

  // Those that are drawn as bars come first.
  get columns() {
    const columns = this.data.metrics.map((metric, at) => [metric, at]);
    const rank = ([metric]) => (this.hues.has(metric.name) ? 0 : 1);
    return columns
      .filter(([metric]) => this.shown.has(metric.name))
      .sort((a, b) => rank(a) - rank(b));
  }

  draw() {
    const { rows } = this.data;
    const flat = this.sort || this.filter;
    this.lines = flat ? matching(rows, this.filter) : seenLines(this.tree.top, this.open);
    if (this.sort) this.lines = sortedBy(this.lines, ...this.sort);
    // A full bar is the largest of what is seen: a layer, or a folded block.
    const seen = this.lines.filter((line) => !this.isOpen(line)).map(quantitiesIn);
    this.most = this.data.metrics.map((_, at) => scaleOf(seen.map((each) => Number(each[at]) || 0)));
    this.scroll.querySelector("table").classList.toggle("tree", !flat);
    this.drawHead();
    this.drawFoot();
    this.from = null;
    this.window();
    for (const listener of this.listeners) listener(this);
  }

  drawHead() {
    const columns = this.columns.map(([metric, at]) => {
      const sorted = this.sort?.[0] === at ? (this.sort[1] ? "descending" : "ascending") : null;
      const button = element("button", { type: "button", "data-sort": at, title: `${metric.method} (${metric.unit})` }, metric.title);
      return element("th", { scope: "col", "aria-sort": sorted }, button);
    });
    const fixed = ["path", "layer", "output"].map((title) => element("th", { scope: "col" }, title));
    this.head.replaceChildren(element("tr", {}, ...fixed, ...columns));
    this.scroll.querySelector("table").setAttribute("aria-rowcount", this.lines.length + 1);
  }

  drawFoot() {
    const some = this.filter !== "";
    const rows = some ? this.lines.flatMap((line) => line.rows) : null;
    const numbers = this.columns.map(([metric, at]) => {
      const quantity = metric.total === "none" ? null : some
        ? together(metric, rows.map((row) => this.data.rows[row].quantities[at]))
        : this.data.totals[metric.name];
      return element("td", {}, quantity === null || quantity === undefined ? "" : exact(quantity));
    });
    const title = some ? counted(this.lines.length, "layer") : "total";
    this.foot.replaceChildren(
      element("tr", {}, element("th", { scope: "row" }, title), element("td"), element("td"), ...numbers),
    );
  }

  // Puts the lines into the document that can be seen now, and some around them.
  window(all = false) {
    const many = !all && this.lines.length > ALL_AT_ONCE;
    const first = many ? Math.max(0, Math.floor(this.scroll.scrollTop / LINE) - MARGIN) : 0;
    const count = many ? Math.ceil(this.scroll.clientHeight / LINE) + 2 * MARGIN : this.lines.length;
    const last = Math.min(this.lines.length, first + count);
    if (this.from === first && this.to === last) return;
    [this.from, this.to] = [first, last];
    const focused = this.body.contains(document.activeElement) ? this.current : null;
    const space = (lines) =>
      lines ? [element("tr", { class: "space", "aria-hidden": "true", style: `height:${lines * LINE}px` })] : [];
    this.body.replaceChildren(
      ...space(first),
      ...this.lines.slice(first, last).map((line, index) => this.line(line, first + index)),
      ...space(this.lines.length - last),
    );
    this.mark();
    if (focused) this.rowOf(focused)?.focus({ preventScroll: true });
  }

  line(line, index) {
    const block = Boolean(line.inner);
    const cells = this.columns.map(([metric, at]) =>
      this.cell(metric, at, quantitiesIn(line)[at], !this.isOpen(line)),
    );
    const layer = block ? [line.block, counted(line.rows.length, "layer")].filter(Boolean).join(", ") : line.row.layer;
    const kind = block ? (line.block ? "block" : "group") : line.row.kind;
    const output = block ? this.data.rows[line.rows.at(-1)].volume : line.row.volume;
    return element(
      "tr",
      {
        class: block ? "block" : null,
        "data-line": index,
        tabindex: "-1",
        "aria-level": line.level,
        "aria-rowindex": index + 2,
        "aria-expanded": block ? String(this.isOpen(line)) : null,
      },
      element("th", { scope: "row", style: `--level:${line.level}`, title: line.path },
        element("bdi", {}, this.sort || this.filter ? line.path : line.name)),
      element("td", { class: `is-${kind}`, title: layer }, element("bdi", {}, shortened(layer, 60))),
      element("td", {}, output),
      ...cells,
    );
  }

  isOpen(line) {
    return Boolean(line.inner) && this.open.has(line.path);
  }

  cell(metric, at, quantity, barred) {
    if (quantity === null) return element("td", { class: "zero" }, metric.absent);
    const zero = !Array.isArray(quantity) && Number(quantity) === 0;
    const hue = this.hues.get(metric.name);
    const bar = hue && !zero && barred
      ? `--v:${(Number(quantity) / this.most[at]).toFixed(4)};--hue:var(--${hue})`
      : null;
    return element("td", { class: zero ? "zero" : null, style: bar }, exact(quantity));
  }

  // Marks what is chosen, and one line that Tab reaches.
  mark() {
    if (!this.lines.includes(this.current)) this.current = this.lines[0] ?? null;
    for (const row of this.body.querySelectorAll("[data-line]")) {
      const line = this.lines[row.dataset.line];
      const chosen = this.choice.rows.size > 0 && line.rows.every((each) => this.choice.rows.has(each));
      row.classList.toggle("chosen", chosen);
      row.setAttribute("aria-selected", String(chosen));
      row.setAttribute("tabindex", line === this.current ? "0" : "-1");
    }
  }

  chosen(from) {
    if (from !== "table" && this.choice.rows.size) this.reveal([...this.choice.rows]);
    this.mark();
  }

  // Scrolls to rows that were chosen elsewhere: a whole block's line, or their own lines.
  reveal(rows) {
    const all = new Set(rows);
    if (!this.sort && !this.filter) {
      const first = rows.reduce((least, row) => Math.min(least, row));
      const block = this.tree.blocks.find((each) => each.rows[0] === first && each.rows.every((row) => all.has(row)) && each.rows.length > 1);
      const around = block ? block.around : this.lineOf(this.tree.top, first).around;
      const closed = [];
      for (let each = around; each?.path; each = each.around) if (!this.open.has(each.path)) closed.push(each.path);
      if (closed.length) {
        for (const path of closed) this.open.add(path);
        this.draw();
      }
    }
    const at = this.lines.findIndex((line) => line.rows.every((row) => all.has(row)));
    if (at >= 0) {
      this.current = this.lines[at];
      this.scrollTo(at);
    }
  }

  lineOf(block, row) {
    const inner = block.inner.find((line) => line.rows.includes(row));
    return inner.inner ? this.lineOf(inner, row) : inner;
  }

  scrollTo(at) {
    const head = this.head.offsetHeight;
    const space = this.scroll.clientHeight - head - this.foot.offsetHeight;
    const top = at * LINE;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = Math.max(0, top - LINE);
    else if (top + LINE > this.scroll.scrollTop + space) this.scroll.scrollTop = top - space + 2 * LINE;
    this.window();
    this.mark();
  }

  rowOf(line) {
    return this.body.querySelector(`[data-line="${this.lines.indexOf(line)}"]`);
  }

  go(to) {
    const at = Math.min(this.lines.length - 1, Math.max(0, to));
    const line = this.lines[at];
    if (!line) return;
    this.current = line;
    this.scrollTo(at);
    this.rowOf(line)?.focus({ preventScroll: true });
    this.choice.choose(line.rows, null, "table");
  }

  toggle(line, open) {
    if (!line.inner || this.open.has(line.path) === open) return false;
    if (open) this.open.add(line.path);
    else this.open.delete(line.path);
    const focused = this.body.contains(document.activeElement);
    this.current = line;
    this.draw();
    if (focused) this.rowOf(line)?.focus({ preventScroll: true });
    return true;
  }

  foldAll() {
    this.open.clear();
    this.draw();
  }

  unfoldMore() {
    for (const line of this.lines) if (line.inner) this.open.add(line.path);
    this.draw();
  }
}
