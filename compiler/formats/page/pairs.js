// The table of a difference: layers before and after, what is the same folded.

const NAMES = {
  same: "",
  affected: "follows",
  changed: "changed",
  moved: "moved",
  renamed: "renamed",
  added: "added",
  removed: "removed",
};

class PairTable extends Rows {
  constructor(scroll, data, choice, hues) {
    super(scroll, choice);
    this.data = data;
    this.hues = hues;
    this.only = false; // what changed, and nothing else
    const shown = new Set([...hues.keys(), "receptive_field"]);
    this.columns = data.metrics
      .map((metric, at) => [metric, at])
      .filter(([metric]) => metric.known && shown.has(metric.name));
    this.leaves = data.pairs.map((pair, index) => ({
      path: pair.path,
      level: 1,
      rows: [index],
      pair,
    }));
    this.all = data.lines.map((line, index) => this.lineOf(line, index));
    this.home = new Map(
      this.all.filter((line) => line.inner).flatMap((line) => line.rows.map((row) => [row, line])),
    );
    this.draw();
  }

  get count() {
    return this.data.pairs.length;
  }

  lineOf(line, index) {
    if (line.pairs.length === 1) return this.leaves[line.pairs[0]];
    const inner = line.pairs.map((pair) => this.leaves[pair]);
    const found = { ...line, key: String(index), level: 1, rows: line.pairs, inner };
    for (const each of inner) Object.assign(each, { level: 2, around: found });
    return found;
  }

  seen() {
    const lines = this.filter
      ? this.leaves.filter(({ pair }) =>
          matches(`${pair.path} ${pair.was ?? ""} ${pair.layer} ${pair.status}`, this.filter),
        )
      : this.all.flatMap((line) => (this.isOpen(line) ? [line, ...line.inner] : [line]));
    const kept = this.only ? lines.filter((line) => isChanged(this.statusOf(line))) : lines;
    const sums = kept
      .filter((line) => this.isBarred(line))
      .map((line) => ["old", "new"].map((side) => this.quantities(line, side)));
    this.most = this.data.metrics.map((_, at) =>
      scaleOf(sums.flat().map((each) => Number(each?.[at]) || 0)),
    );
    return kept;
  }

  // What is the same in many layers would dwarf all that changed.
  isBarred(line) {
    return Boolean(line.pair || line.path) && !this.isOpen(line);
  }

  statusOf(line) {
    return line.pair?.status ?? line.status ?? "same";
  }

  classOf(line) {
    return [line.inner && "block", `status-${this.statusOf(line)}`].filter(Boolean).join(" ");
  }

  around(rows) {
    const home = this.filter ? null : this.home.get(this.choice.first);
    return home && !home.rows.every((row) => rows.has(row)) ? [home] : [];
  }

  // Sums of one side; null where it has none of these layers.
  quantities(line, side) {
    line.sums ??= {};
    line.sums[side] ??= this.summed(line, side);
    return line.sums[side];
  }

  summed(line, side) {
    const there = line.rows.map((row) => this.data.pairs[row][side]).filter(Boolean);
    if (!there.length) return null;
    return this.data.metrics.map((metric, at) =>
      together(
        metric,
        there.map((each) => each.quantities[at]),
      ),
    );
  }

  drawHead() {
    const columns = this.columns.flatMap(([metric]) => {
      const head = element(
        "th",
        { scope: "col", title: `${metric.method} (${metric.unit})` },
        metric.title,
      );
      return metric.total === "none"
        ? [head]
        : [head, element("th", { scope: "col", "aria-label": `change of ${metric.title}` }, "±")];
    });
    const fixed = ["path", "change", "layer"].map((title) =>
      element("th", { scope: "col" }, title),
    );
    const output = element("th", { scope: "col" }, "output");
    this.head.replaceChildren(element("tr", {}, ...fixed, ...columns, output));
  }

  drawFoot() {
    const rows =
      this.filter || this.only
        ? [...new Set(this.lines.flatMap((line) => line.rows))]
        : this.data.pairs.map((_, row) => row);
    const line = { rows };
    const title = this.filter || this.only ? counted(rows.length, "layer") : "total";
    this.foot.replaceChildren(
      element(
        "tr",
        {},
        element("th", { scope: "row" }, title),
        element("td"),
        element("td"),
        ...this.numbers(line, false, true),
        element("td"),
      ),
    );
  }

  cells(line) {
    const { pair } = line;
    const status = this.statusOf(line);
    const path = pair ? pair.path : (line.path ?? quietText(line));
    const was = pair?.was && pair.status !== "same" && pair.status !== "affected" ? pair.was : null;
    const text = pair ? pair.layer : line.block || line.path ? blockText(line) : "";
    return [
      element(
        "th",
        { scope: "row", style: `--level:${line.level}`, title: was ? `${was} → ${path}` : path },
        element("bdi", {}, path),
        was ? element("small", {}, ` was ${was}`) : null,
      ),
      element("td", { class: "status" }, element("span", {}, NAMES[status])),
      element(
        "td",
        { class: pair ? `is-${pair.kind}` : line.path ? "is-block" : null, title: text },
        element("bdi", {}, shortened(text, 70)),
      ),
      ...this.numbers(line, this.isBarred(line)),
      element("td", {}, this.outputOf(line)),
    ];
  }

  outputOf(line) {
    const last = (side) =>
      line.rows
        .map((row) => this.data.pairs[row][side])
        .filter(Boolean)
        .at(-1)?.volume;
    return changedText(last("old"), last("new"));
  }

  numbers(line, barred, isSum = false) {
    const [old, now] = ["old", "new"].map((side) => this.quantities(line, side));
    return this.columns.flatMap(([metric, at]) => {
      const [before, after] = [old?.[at] ?? null, now?.[at] ?? null];
      const text = (each, side) => (side ? (each === null ? metric.absent : exact(each)) : "");
      if (metric.total === "none" && isSum) return [element("td")];
      if (metric.total === "none")
        return [numberCell(changedText(text(before, old), text(after, now)), false)];
      const change = BigInt(after ?? 0) - BigInt(before ?? 0);
      const most = this.most[at];
      const hue = barred ? this.hues.get(metric.name) : null;
      const bars = before || after ? [Number(after ?? 0) / most, Number(before ?? 0) / most] : [];
      return [
        numberCell(text(after, now), Number(after ?? 0) === 0, bars, hue),
        element(
          "td",
          { class: "sign" },
          change ? `${change > 0n ? "+" : "−"}${exact(change > 0n ? change : -change)}` : "",
        ),
      ];
    });
  }
}

function quietText({ rows, status }) {
  return `… ${counted(rows.length, "layer")}${status === "same" ? " the same" : ""}`;
}

function blockText(line) {
  const times = line.times > 1 ? `${line.times} × ` : "";
  return `${times}${line.block || "blocks"}, ${counted(line.rows.length, "layer")}`;
}

function changedText(old, now) {
  return old && now && old !== now ? `${old} → ${now}` : now || old || "";
}

function isChanged(status) {
  return status !== "same" && status !== "affected";
}
