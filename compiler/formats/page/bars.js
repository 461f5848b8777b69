// Bars by layer, in the order of computing: one strip a metric.

const STRIP = 34; // pixels
const DOWN = 0.7; // how much of that bars take that hang down

class Bars {
  // `before`: rows as they were, whose bars hang down.
  constructor(place, metrics, hues, rows, choice, before = null) {
    this.place = place;
    this.before = before;
    this.high = before ? 0.75 * STRIP : STRIP;
    this.metrics = metrics;
    this.rows = rows;
    this.choice = choice;
    this.strips = [...hues].map(([name, hue]) => this.strip(name, hue));
    choice.listen(() => this.mark());
    new ResizeObserver(() => this.draw()).observe(place);
    this.draw();
  }

  strip(name, hue) {
    const at = this.metrics.findIndex((metric) => metric.name === name);
    const metric = this.metrics[at];
    const valuesOf = (rows) => rows.map((row) => Number(row.quantities?.[at] ?? 0));
    const values = valuesOf(this.rows);
    const svgHeight = this.before ? this.high * (1 + DOWN) : this.high;
    const old = this.before && valuesOf(this.before);
    const most = scaleOf([...values, ...(old ?? [])]);
    const all = shape("path", { class: "all" });
    const chosen = shape("path", { class: "some" });
    const was = shape("path", { class: "was" });
    const place = shape("rect", { class: "at", height: svgHeight });
    const top = values.indexOf(scaleOf(values));
    const svg = shape(
      "svg",
      {
        height: svgHeight,
        role: "img",
        style: `--hue:var(--${hue})`,
        "aria-label": `${metric.title} by layer; the largest is ${this.rows[top]?.path ?? ""}: ${brief(most)}`,
      },
      place,
      was,
      all,
      chosen,
    );
    svg.addEventListener("click", (event) => {
      const { left, width } = svg.getBoundingClientRect();
      const row = Math.floor(((event.clientX - left) / width) * values.length);
      this.choice.choose([Math.min(values.length - 1, Math.max(0, row))], null, this);
    });
    this.place.append(
      element(
        "div",
        { class: "strip" },
        element("span", { class: "what" }, metric.title),
        svg,
        element("span", { class: "most" }, brief(most)),
      ),
    );
    return { svg, all, chosen, was, place, values, old, most };
  }

  draw() {
    for (const strip of this.strips) {
      strip.width = strip.svg.getBoundingClientRect().width;
      strip.all.setAttribute(
        "d",
        this.path(strip, strip.values, () => true),
      );
      if (strip.old)
        strip.was.setAttribute(
          "d",
          this.path(strip, strip.old, () => true, -DOWN),
        );
    }
    this.mark();
  }

  mark() {
    const { rows } = this.choice;
    for (const strip of this.strips) {
      strip.svg.classList.toggle("quiet", rows.size > 0);
      const step = strip.width / strip.values.length;
      const [first, last] = rows.size ? [this.choice.first, this.choice.last] : [0, -1];
      strip.place.setAttribute("x", first * step - 1);
      strip.place.setAttribute("width", rows.size ? Math.max(3, (last - first + 1) * step + 2) : 0);
      strip.chosen.setAttribute(
        "d",
        rows.size ? this.path(strip, strip.values, (row) => rows.has(row)) : "",
      );
    }
  }

  // Up from the ground, down by a negative `rise`. Where layers are more than pixels, the largest
  // of those that share one is drawn.
  path({ most, width }, values, drawn, rise = 1) {
    const step = width / values.length;
    const heights = new Map();
    values.forEach((value, row) => {
      if (!drawn(row)) return;
      const x = step >= 1 ? row * step : Math.floor(row * step);
      heights.set(x, Math.max(heights.get(x) ?? 0, value));
    });
    const wide = Math.max(1, step > 3 ? step - 1 : step).toFixed(2);
    return [...heights]
      .filter(([, value]) => value || rise > 0)
      .map(([x, value]) => {
        const high = rise * (value ? Math.max(1.5, (value / most) * (this.high - 4)) : 0.75);
        return `M${x.toFixed(2)} ${this.high}v${(-high).toFixed(2)}h${wide}v${high.toFixed(2)}z`;
      })
      .join("");
  }
}
