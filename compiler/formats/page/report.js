// Puts the page together: drawing, table and bars, and what keys and clicks do.

const HUES = { parameters: "parameters", macs: "macs" };

function start() {
  const data = JSON.parse(byId("data").textContent);
  const hues = new Map(data.bars.map((name) => [name, HUES[name] ?? "memory"]));
  const choice = new Choice();
  const network = new Network(data.drawing.network, data.rows.length);
  const pane = new Pane(byId("drawing"), network, data.depth ?? data.drawing.depth, choice);
  const table = new LayerTable(byId("scroll"), data, choice, hues);
  new Bars(byId("bars"), data.metrics, hues, data.rows, choice);
  choice.listen(() => byId("detail").replaceChildren(...detailOf(choice, data)));
  table.show = (line) => pane.reveal(new Set(line.rows));
  startShade(data, pane.drawing, hues);
  table.startFilter(byId("filter"), byId("found"), (left) => pane.drawing.leave(left));
  startColumns(data, table);
  startFrame(pane);
  byId("fold-rows").addEventListener("click", () => table.foldAll());
  byId("unfold-rows").addEventListener("click", () => table.unfoldMore());
  addEventListener("beforeprint", () => table.window(true));
  addEventListener("afterprint", () => table.draw());
}

// Colours boxes by how much of a metric they hold.
function startShade(data, drawing, hues) {
  const select = byId("shade");
  select.append(element("option", { value: "" }, "By family"));
  for (const name of hues.keys()) {
    select.append(
      element("option", { value: name }, `By ${data.metrics.find((m) => m.name === name).title}`),
    );
  }
  select.addEventListener("change", () => {
    const at = data.metrics.findIndex((metric) => metric.name === select.value);
    const metric = data.metrics[at];
    drawing.shade = metric && {
      hue: hues.get(metric.name),
      of: (part) =>
        Number(
          together(
            metric,
            rowsIn(part.rows).map((row) => data.rows[row].quantities[at]),
          ) ?? 0,
        ),
    };
    drawing.svg.classList.toggle("shaded", Boolean(metric));
    drawing.mark();
  });
}

function startColumns(data, table) {
  const place = byId("columns").querySelector("div");
  for (const metric of data.metrics.filter((each) => each.known)) {
    const box = element("input", {
      type: "checkbox",
      checked: table.shown.has(metric.name) ? "" : null,
    });
    box.addEventListener("change", () => {
      if (box.checked) table.shown.add(metric.name);
      else table.shown.delete(metric.name);
      table.draw();
    });
    place.append(element("label", { title: metric.method }, box, ` ${metric.title}`));
  }
  byId("columns").addEventListener("keydown", (event) => {
    if (event.key === "Escape") byId("columns").open = false;
  });
}

// What is known of the choice, in a line or two.
function detailOf(choice, data) {
  const rows = [...choice.rows];
  if (!rows.length) return [];
  const { part } = choice;
  const single = rows.length === 1 ? data.rows[rows[0]] : null;
  const title = part
    ? part.path || part.name
    : single
      ? single.path
      : counted(rows.length, "layer");
  const call = single
    ? single.layer
    : part
      ? [part.written, ...part.joined].filter(Boolean).join(" → ")
      : "";
  const first = data.rows[choice.first];
  const taken = first.sources.map((source) => data.rows[source].volume).join(" + ");
  const flow = [taken, data.rows[choice.last].volume].filter(Boolean).join(" → ");
  const arrays = single ? single.arrays.map(([name, size]) => `${name} ${size.join("×")}`) : [];
  const numbers = data.bars.map((name) => {
    const at = data.metrics.findIndex((metric) => metric.name === name);
    const metric = data.metrics[at];
    const quantity = together(
      metric,
      rows.map((row) => data.rows[row].quantities[at]),
    );
    if (quantity === null) return null;
    const share = metric.total === "sum" ? Number(quantity) / Number(data.totals[name]) : 0;
    return `${exact(quantity)} ${metric.title}${share ? ` (${(100 * share).toPrecision(2)} %)` : ""}`;
  });
  const more = [rows.length > 1 ? counted(rows.length, "layer") : null, ...arrays, ...numbers];
  return [
    element("strong", {}, shortened(title, 80)),
    element("span", {}, shortened(call, 120)),
    element("span", {}, flow),
    ...more.filter(Boolean).map((words) => element("span", {}, words)),
  ];
}

start();
