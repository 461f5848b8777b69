// Puts the page together: drawing, table and bars, and what keys and clicks do.

const HUES = { parameters: "parameters", macs: "macs" };

function start() {
  const data = JSON.parse(byId("data").textContent);
  const hues = new Map(data.bars.map((name) => [name, HUES[name] ?? "memory"]));
  const choice = new Choice();
  const network = new Network(data.drawing.network, data.rows.length);
  const drawing = new Drawing(byId("view"), network, data.drawing.depth, choice);
  const view = new View(byId("view"), drawing);
  const table = new Table(byId("scroll"), data, choice, hues);
  new Bars(byId("bars"), data, hues, choice);
  view.fit(true);
  startTheme(byId("theme"));
  startDivider(byId("divider"));
  startKeys(byId("keys"), byId("help"));
  startDrawing({ data, choice, network, drawing, view, hues });
  startTable({ data, choice, network, drawing, view, table });
  startShortcuts({ view });
  addEventListener("beforeprint", () => table.window(true));
  addEventListener("afterprint", () => table.draw());
}

function startDrawing({ data, choice, network, drawing, view, hues }) {
  const pick = (part) => {
    drawing.setCurrent(part, true);
    choice.choose(rowsIn(part.rows), part.id, "drawing");
  };
  const toggle = (part) => {
    if (!part.items) return;
    view.keep(part, () => drawing.fold(part, !drawing.open.has(part.id)));
    pick(part);
  };
  const partAt = (target) => {
    const node = target.closest("[data-id]");
    return node ? network.parts[node.dataset.id] : null;
  };
  view.svg.addEventListener("click", (event) => {
    if (view.moved) return;
    const part = partAt(event.target);
    if (!part) choice.choose([], null, "drawing");
    else if (event.target.closest("[data-fold]")) toggle(part);
    else pick(part);
  });
  view.svg.addEventListener("dblclick", (event) => {
    const part = partAt(event.target);
    if (part && !event.target.closest("[data-fold]")) toggle(part);
  });
  view.svg.addEventListener("keydown", (event) => {
    const part = network.parts[drawing.current];
    if (event.key === "Enter" || event.key === " ") toggle(part);
    else {
      const next = nextPart(event.key, part, network, drawing);
      if (!next) return;
      pick(next);
      view.show(next.id);
    }
    event.preventDefault();
    event.stopPropagation();
  });
  view.svg.addEventListener("focusin", () => {
    if (view.svg.matches(":has(:focus-visible)")) view.show(drawing.current);
  });
  choice.listen((_, from) => {
    byId("detail").replaceChildren(...detailOf(choice, data, network));
    if (from === "drawing" || !choice.rows.size) return;
    const first = choice.first;
    const seen = network.seen(network.parts[network.leaf[first]], drawing.open);
    drawing.setCurrent(seen, false);
    view.show(seen.id);
  });
  const whole = network.top;
  byId("fold").addEventListener("click", () => {
    drawing.foldAll();
    view.fit(true, true);
  });
  byId("unfold").addEventListener("click", () => view.keep(whole.items?.[0] ?? whole, () => drawing.unfoldMore()));
  byId("closer").addEventListener("click", () => view.zoom(1.25, null, true));
  byId("further").addEventListener("click", () => view.zoom(0.8, null, true));
  byId("fit").addEventListener("click", () => view.fit(false, true));
  startShade(data, drawing, hues);
}

function nextPart(key, part, network, drawing) {
  const items = network.top.items ?? [];
  switch (key) {
    case "ArrowDown":
      return alongWires(network, drawing.open, part, true);
    case "ArrowUp":
      return alongWires(network, drawing.open, part, false);
    case "ArrowRight":
      return beside(part, drawing.boxes, 1);
    case "ArrowLeft":
      return beside(part, drawing.boxes, -1);
    case "Escape":
      return part.around?.around ? part.around : null;
    case "Home":
      return items[0];
    case "End":
      return items.at(-1);
    default:
      return null;
  }
}

// Colours boxes by how much of a metric they hold.
function startShade(data, drawing, hues) {
  const select = byId("shade");
  select.append(element("option", { value: "" }, "Colour by family"));
  for (const name of hues.keys()) {
    select.append(element("option", { value: name }, `Colour by ${data.metrics.find((m) => m.name === name).title}`));
  }
  select.addEventListener("change", () => {
    const at = data.metrics.findIndex((metric) => metric.name === select.value);
    const metric = data.metrics[at];
    drawing.shade = metric && {
      hue: hues.get(metric.name),
      of: (part) => Number(together(metric, rowsIn(part.rows).map((row) => data.rows[row].quantities[at])) ?? 0),
    };
    drawing.svg.classList.toggle("shaded", Boolean(metric));
    drawing.mark();
  });
}

function startTable({ data, choice, network, drawing, view, table }) {
  const show = (line) => {
    const part = network.parts[network.leaf[line.rows[0]]];
    drawing.reveal(part);
    drawing.setCurrent(part, false);
    drawing.mark();
    view.show(part.id);
  };
  table.scroll.addEventListener("click", (event) => {
    const sort = event.target.closest("[data-sort]");
    if (sort) {
      const at = Number(sort.dataset.sort);
      const [old, descending] = table.sort ?? [];
      table.sort = old !== at ? [at, true] : descending ? [at, false] : null;
      table.scroll.scrollTop = 0;
      table.draw();
      table.head.querySelector(`[data-sort="${at}"]`).focus();
      return;
    }
    const row = event.target.closest("[data-line]");
    if (!row) return;
    const line = table.lines[row.dataset.line];
    if (line.inner && event.target.closest("th")) table.toggle(line, !table.open.has(line.path));
    table.go(table.lines.indexOf(line));
  });
  table.scroll.addEventListener("dblclick", (event) => {
    const row = event.target.closest("[data-line]");
    if (row && !table.lines[row.dataset.line].inner) show(table.lines[row.dataset.line]);
  });
  table.body.addEventListener("keydown", (event) => {
    const at = table.lines.indexOf(table.current);
    const line = table.lines[at];
    const page = Math.max(1, Math.floor(table.scroll.clientHeight / LINE) - 3);
    const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity };
    if (event.key in moves) table.go(at + moves[event.key]);
    else if (event.key === "ArrowRight") table.toggle(line, true) || (line.inner && table.go(at + 1));
    else if (event.key === "ArrowLeft") {
      if (!table.toggle(line, false) && line.around?.path) table.go(table.lines.indexOf(line.around));
    } else if (event.key === "Enter") show(line);
    else return;
    event.preventDefault();
  });
  startFilter({ choice, drawing, table });
  startColumns(data, table);
  byId("fold-rows").addEventListener("click", () => table.foldAll());
  byId("unfold-rows").addEventListener("click", () => table.unfoldMore());
}

function startFilter({ choice, drawing, table }) {
  const input = byId("filter");
  const set = (text) => {
    table.filter = text.trim();
    table.scroll.scrollTop = 0;
    table.draw();
    drawing.dim = table.filter ? new Set(table.lines.flatMap((line) => line.rows)) : null;
    drawing.mark();
    byId("found").textContent = table.filter
      ? `${exact(table.lines.length)} of ${counted(table.data.rows.length, "layer")}`
      : "";
    if (!table.filter && choice.rows.size) table.reveal([...choice.rows]);
  };
  input.addEventListener("input", () => set(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      input.value = "";
      set("");
    } else if (event.key === "Enter" || event.key === "ArrowDown") table.go(0);
    else return;
    event.preventDefault();
  });
}

function startColumns(data, table) {
  const place = byId("columns").querySelector("div");
  for (const metric of data.metrics.filter((each) => each.known)) {
    const box = element("input", { type: "checkbox", checked: table.shown.has(metric.name) ? "" : null });
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

function startShortcuts({ view }) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const actions = {
      "+": () => view.zoom(1.25, null, true),
      "=": () => view.zoom(1.25, null, true),
      "-": () => view.zoom(0.8, null, true),
      0: () => view.fit(false, true),
      "/": () => byId("filter").focus(),
      "?": () => byId("keys").showModal(),
    };
    if (!actions[event.key]) return;
    event.preventDefault();
    actions[event.key]();
  });
}

// What is known of the choice, in a line or two.
function detailOf(choice, data, network) {
  const rows = [...choice.rows];
  if (!rows.length) return [];
  const part = choice.part === null ? null : network.parts[choice.part];
  const single = rows.length === 1 ? data.rows[rows[0]] : null;
  const title = part ? part.path || part.name : single ? single.path : counted(rows.length, "layer");
  const call = single ? single.layer : part ? [part.written, ...part.joined].filter(Boolean).join(" → ") : "";
  const first = data.rows[choice.first];
  const taken = first.sources.map((source) => data.rows[source].volume).join(" + ");
  const flow = [taken, data.rows[choice.last].volume].filter(Boolean).join(" → ");
  const arrays = single ? single.arrays.map(([name, size]) => `${name} ${size.join("×")}`) : [];
  const numbers = data.bars.map((name) => {
    const at = data.metrics.findIndex((metric) => metric.name === name);
    const metric = data.metrics[at];
    const quantity = together(metric, rows.map((row) => data.rows[row].quantities[at]));
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
