// Puts the page of a difference together: two drawings, table and bars of one net.

const HUES = { parameters: "parameters", macs: "macs" };
const MOST_BOXES = 40;

function start() {
  const { nets } = JSON.parse(byId("data").textContent);
  const at = chosenNet(nets);
  startNets(nets, at);
  if (!nets.length) return;
  document.querySelectorAll(".told")[at].hidden = false;
  document.querySelector("main").hidden = false;
  const data = nets[at];
  byId("about").textContent = changedText(data.old.about, data.new.about);
  const names = changedText(data.old.name, data.new.name);
  if (nets.length === 1) document.querySelector("h1").textContent = names;
  byId("before-title").textContent = data.old.name;
  byId("after-title").textContent = data.new.name;
  startNet(data);
}

function startNet(data) {
  const hues = new Map(data.bars.map((name) => [name, HUES[name] ?? "memory"]));
  const choice = new Choice();
  const panes = [
    ["before", data.drawings.old],
    ["after", data.drawings.new],
  ].map(([id, drawn], index) => {
    const network = new Network(drawn.network, data.pairs.length);
    const told = (part, open) => follow(panes[1 - index], part, open);
    const pane = new Pane(byId(id), network, drawn.depth, choice, told);
    pane.drawing.status = (part) => statusOf(data.pairs, part);
    unfoldChanges(pane);
    return pane;
  });
  const scale = Math.min(...panes.map((pane) => pane.view.scale));
  for (const pane of panes) pane.view.fit(true, false, scale);
  const table = new PairTable(byId("scroll"), data, choice, hues);
  const sides = ["new", "old"].map((side) =>
    data.pairs.map((pair) => ({ path: pair.path, quantities: pair[side]?.quantities ?? null })),
  );
  new Bars(byId("bars"), data.metrics, hues, sides[0], choice, sides[1]);
  choice.listen(() => byId("detail").replaceChildren(...detailOf(choice, data)));
  table.show = (line) => panes.forEach((pane) => pane.reveal(new Set(line.rows)));
  const leave = (left) => panes.forEach((pane) => pane.drawing.leave(left));
  table.startFilter(byId("filter"), byId("found"), leave);
  byId("only").addEventListener("change", (event) => {
    table.only = event.target.checked;
    table.draw();
    leave(
      table.only
        ? new Set(data.pairs.flatMap((pair, row) => (isChanged(pair.status) ? [row] : [])))
        : null,
    );
  });
  byId("fold-rows").addEventListener("click", () => table.foldAll());
  byId("unfold-rows").addEventListener("click", () => table.unfoldMore());
  startFrame(panes[1]);
  addEventListener("beforeprint", () => table.window(true));
  addEventListener("afterprint", () => table.draw());
}

// Which net is shown stands behind the # of the address; one that is chosen loads the page anew.
function chosenNet(nets) {
  const name = decodeURIComponent(location.hash.slice(1));
  return Math.max(
    0,
    nets.findIndex((net) => net.new.name === name),
  );
}

function startNets(nets, at) {
  const select = byId("net");
  if (nets.length < 2) return;
  nets.forEach((net, index) => {
    const same = net.pairs.every((pair) => pair.status === "same");
    select.append(
      element(
        "option",
        { value: index, selected: index === at ? "" : null },
        same ? `${net.new.name} (the same)` : net.new.name,
      ),
    );
  });
  select.hidden = false;
  select.addEventListener("change", () => {
    location.hash = encodeURIComponent(nets[select.value].new.name);
    location.reload();
  });
}

// What became of a part: what became of all its layers, or that some changed.
function statusOf(pairs, part) {
  part.status ??= statusOfRows(rowsIn(part.rows).map((row) => pairs[row].status));
  return part.status;
}

function statusOfRows(statuses) {
  const all = new Set(statuses);
  if (all.size === 1) return [...all][0];
  if ([...all].some(isChanged)) return "changed";
  return "affected";
}

// At first what changed can be seen, and what did not is folded.
function unfoldChanges({ network, drawing, view }) {
  drawing.open = new Set([network.top.id]);
  const waiting = [...(network.top.items ?? [])];
  let boxes = waiting.length;
  for (let part = waiting.shift(); part; part = waiting.shift()) {
    if (!part.items || drawing.status(part) !== "changed" || boxes + part.items.length > MOST_BOXES)
      continue;
    drawing.open.add(part.id);
    boxes += part.items.length;
    waiting.push(...part.items);
  }
  drawing.draw();
  view.fit(true);
}

// Folds in one drawing what was folded in the other.
function follow(pane, part, open) {
  const partner = pane.network.parts.find(
    (each) => each.items && each.path === part.path && each.around,
  );
  if (!partner) return;
  if (open) pane.drawing.reveal(partner);
  pane.fold(partner, open);
}

function detailOf(choice, data) {
  if (!choice.rows.size) return [];
  const rows = [...choice.rows].sort((a, b) => a - b);
  const pair = rows.length === 1 ? data.pairs[rows[0]] : null;
  const title = choice.part?.path || (pair ? pair.path : counted(rows.length, "layer"));
  const words = pair
    ? [
        NAMES[pair.status],
        pair.was && pair.was !== pair.path ? `was ${pair.was}` : null,
        changedText(pair.old?.layer, pair.new?.layer),
        changedText(pair.old?.volume, pair.new?.volume),
      ]
    : Object.keys(NAMES).map((status) => {
        const count = rows.filter((row) => data.pairs[row].status === status).length;
        return count ? `${exact(count)} ${NAMES[status] || "the same"}` : null;
      });
  return [
    element("strong", {}, shortened(title, 80)),
    ...words.filter(Boolean).map((each) => element("span", {}, shortened(each, 140))),
  ];
}

start();
