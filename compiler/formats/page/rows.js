// A table of lines, some of which can be unfolded. Of many lines only those are in the document
// that can be seen. Who extends it says which lines there are and what stands in them.

const LINE = 27; // pixels, as in page.css
const ALL_AT_ONCE = 400;
const MARGIN = 12;

class Rows {
  constructor(scroll, choice) {
    this.scroll = scroll;
    this.table = scroll.querySelector("table");
    [this.head, this.body, this.foot] = ["thead", "tbody", "tfoot"].map((name) =>
      scroll.querySelector(name),
    );
    this.choice = choice;
    this.open = new Set(); // keys of lines
    this.lines = [];
    this.current = null; // the line that Tab reaches
    this.filter = "";
    scroll.addEventListener("scroll", () => this.window());
    new ResizeObserver(() => this.window()).observe(scroll);
    choice.listen((_, from) => this.chosen(from));
    this.body.addEventListener("keydown", (event) => this.press(event));
    this.body.addEventListener("click", (event) => this.click(event));
    this.body.addEventListener("dblclick", (event) => {
      const line = this.at(event.target);
      if (line && !line.inner) this.show(line);
    });
  }

  draw() {
    this.lines = this.seen();
    this.drawHead();
    this.drawFoot();
    this.table.setAttribute("aria-rowcount", this.lines.length + 1);
    this.from = null;
    this.window();
  }

  // Puts the lines into the document that can be seen now, and some around them.
  window(all = false) {
    const many = !all && this.lines.length > ALL_AT_ONCE;
    const first = many ? Math.max(0, Math.floor(this.scroll.scrollTop / LINE) - MARGIN) : 0;
    const count = many
      ? Math.ceil(this.scroll.clientHeight / LINE) + 2 * MARGIN
      : this.lines.length;
    const last = Math.min(this.lines.length, first + count);
    if (this.from === first && this.to === last) return;
    [this.from, this.to] = [first, last];
    const focused = this.body.contains(document.activeElement) ? this.current : null;
    const space = (lines) =>
      lines
        ? [
            element("tr", {
              class: "space",
              "aria-hidden": "true",
              style: `height:${lines * LINE}px`,
            }),
          ]
        : [];
    this.body.replaceChildren(
      ...space(first),
      ...this.lines.slice(first, last).map((line, index) => this.row(line, first + index)),
      ...space(this.lines.length - last),
    );
    this.mark();
    if (focused) this.rowOf(focused)?.focus({ preventScroll: true });
  }

  row(line, index) {
    return element(
      "tr",
      {
        class: this.classOf(line),
        "data-line": index,
        tabindex: "-1",
        "aria-level": line.level,
        "aria-rowindex": index + 2,
        "aria-expanded": line.inner ? String(this.isOpen(line)) : null,
      },
      ...this.cells(line),
    );
  }

  classOf(line) {
    return line.inner ? "block" : null;
  }

  isOpen(line) {
    return Boolean(line.inner) && this.open.has(line.key);
  }

  // Marks what is chosen, and one line that Tab reaches.
  mark() {
    if (!this.lines.includes(this.current)) this.current = this.lines[0] ?? null;
    for (const row of this.body.querySelectorAll("[data-line]")) {
      const line = this.lines[row.dataset.line];
      const chosen =
        this.choice.rows.size > 0 && line.rows.every((each) => this.choice.rows.has(each));
      row.classList.toggle("chosen", chosen);
      row.setAttribute("aria-selected", String(chosen));
      row.setAttribute("tabindex", line === this.current ? "0" : "-1");
    }
  }

  chosen(from) {
    if (from !== this && this.choice.rows.size) this.reveal(this.choice.rows);
    this.mark();
  }

  // Scrolls to rows that were chosen elsewhere: a whole block's line, or their own lines.
  reveal(rows) {
    const closed = this.around(rows).filter((line) => !this.open.has(line.key));
    if (closed.length) {
      for (const line of closed) this.open.add(line.key);
      this.draw();
    }
    const at = this.lines.findIndex((line) => line.rows.every((row) => rows.has(row)));
    if (at < 0) return;
    this.current = this.lines[at];
    this.scrollTo(at);
  }

  scrollTo(at) {
    const space = this.scroll.clientHeight - this.head.offsetHeight - this.foot.offsetHeight;
    const top = at * LINE;
    if (top < this.scroll.scrollTop) this.scroll.scrollTop = Math.max(0, top - LINE);
    else if (top + LINE > this.scroll.scrollTop + space)
      this.scroll.scrollTop = top - space + 2 * LINE;
    this.window();
    this.mark();
  }

  at(target) {
    const row = target.closest("[data-line]");
    return row && this.lines[row.dataset.line];
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
    this.choice.choose(line.rows, null, this);
  }

  toggle(line, open) {
    if (!line.inner || this.isOpen(line) === open) return false;
    if (open) this.open.add(line.key);
    else this.open.delete(line.key);
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
    for (const line of this.lines) if (line.inner) this.open.add(line.key);
    this.draw();
  }

  click(event) {
    const line = this.at(event.target);
    if (!line) return;
    if (line.inner && event.target.closest("th")) this.toggle(line, !this.isOpen(line));
    this.go(this.lines.indexOf(line));
  }

  press(event) {
    const line = this.current;
    const at = this.lines.indexOf(line);
    const page = Math.max(1, Math.floor(this.scroll.clientHeight / LINE) - 3);
    const moves = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: page,
      PageUp: -page,
      Home: -Infinity,
      End: Infinity,
    };
    if (event.key in moves) this.go(at + moves[event.key]);
    else if (event.key === "ArrowRight") {
      if (!this.toggle(line, true) && line.inner) this.go(at + 1);
    } else if (event.key === "ArrowLeft") {
      if (!this.toggle(line, false) && this.lines.includes(line.around))
        this.go(this.lines.indexOf(line.around));
    } else if (event.key === "Enter") this.show(line);
    else return;
    event.preventDefault();
  }

  startFilter(input, found, changed) {
    const set = (text) => {
      this.filter = text.trim();
      this.scroll.scrollTop = 0;
      this.draw();
      const left = this.filter ? new Set(this.lines.flatMap((line) => line.rows)) : null;
      found.textContent = left ? `${exact(left.size)} of ${counted(this.count, "layer")}` : "";
      changed(left);
      if (!left && this.choice.rows.size) this.reveal(this.choice.rows);
    };
    input.addEventListener("input", () => set(input.value));
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape") {
        input.value = "";
        set("");
      } else if (event.key === "Enter" || event.key === "ArrowDown") this.go(0);
      else return;
      event.preventDefault();
    });
  }
}

// Whether a text has every word of a filter.
function matches(text, filter) {
  const content = text.toLowerCase();
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => content.includes(word));
}

// A cell of numbers, with bars for up to two shares of a full one.
function numberCell(text, isZero, shares = [], hue = null) {
  const names = ["--v", "--w"];
  const bars = shares.map((share, index) => `${names[index]}:${share.toFixed(4)}`);
  return element(
    "td",
    {
      class: isZero ? "zero" : null,
      style: hue && bars.length ? `${bars.join(";")};--hue:var(--${hue})` : null,
    },
    text,
  );
}
