// What the page shows, and what changes it.

const data = JSON.parse(document.getElementById("data").textContent);
const find = (name) => document.getElementById(name);
const columns = data.columns.map((column, at) => ({ ...column, at }));
const texts = data.rows.map((row) => row.map((value) => (typeof value === "number" ? grouped(value) : value)));
const rows = data.rows.map((row) => row.map((value, at) => (columns[at].number ? Number(value) : value)));
const numbers = columns.filter((column) => column.number);
const several = (column) => new Set(rows.map((row) => row[column.at])).size;
const colours = columns.filter((column) => !column.metric && several(column) > 1 && several(column) <= HUES);

const [firstX, firstY] = firstAxes();
const state = {
  x: firstX, y: firstY, logs: { x: isWide(firstX), y: isWide(firstY) }, colour: colours[0] ?? null,
  chosen: new Set(), sorted: { at: -1 }, only: false,
};
const lines = [];
let places = [];
let placeOf = new Map();
let placeAt = [];

function firstAxes() {
  const asked = data.goals.map((name) => numbers.find((column) => column.name === name));
  const costs = numbers.filter((column) => column.metric && several(column) > 1);
  const gains = costs.filter((column) => column.better === "larger");
  const usual = gains.length ? [costs[0], gains[0], ...costs] : costs;
  const [x, y] = [...asked, ...usual, ...numbers.slice(-2)]
    .filter((column, at, all) => column && all.indexOf(column) === at);
  return [x, y ?? x];
}

// Whether all that is small would lie in one corner.
function isWide(column) {
  const [low, high] = bounds(rows.map((row) => row[column.at]));
  return low > 0 && high > 10 * low;
}

function axis(which) {
  const column = state[which];
  return { ...column, isLog: Boolean(state.logs[which]) && canLog(column) };
}

const canLog = (column) => rows.every((row) => row[column.at] > 0);

function hue(at) {
  if (!state.colour) return "0";
  return String(hueValues().indexOf(rows[at][state.colour.at]));
}

const hueValues = () => [...new Set(rows.map((row) => row[state.colour.at]))].sort(compared);

function describe(place) {
  const row = texts[place.rows[0]];
  const own = columns.filter((column) => !column.metric).map((column) => `${column.name}=${row[column.at]}`);
  const here = [state.x, state.y].map((column) => `${column.name} ${row[column.at]}`);
  const others = place.rows.length > 1 ? `, and ${place.rows.length - 1} more here` : "";
  return `${own.join(", ")}${others}: ${here.join(", ")}${place.isBest ? ", in the Pareto front" : ""}`;
}

function showPlot() {
  places = drawPlot(find("view"), { x: axis("x"), y: axis("y"), rows, hue, describe });
  placeOf = new Map(places.map((place) => [place.element, place]));
  for (const place of places) for (const at of place.rows) placeAt[at] = place;
  markChosen();
  showKey();
}

function showKey() {
  const key = find("key");
  key.replaceChildren();
  if (!state.colour) return;
  hueValues().forEach((value, at) => {
    const item = document.createElement("span");
    item.dataset.hue = String(at);
    const first = rows.findIndex((row) => row[state.colour.at] === value);
    item.textContent = texts[first][state.colour.at];
    key.append(item);
  });
}

function showTip(place) {
  const tip = find("tip"), first = place.rows[0];
  const list = document.createElement("dl");
  for (const column of columns) {
    list.append(cell("dt", column.name), cell("dd", sameIn(place, column) ? texts[first][column.at] : "various"));
  }
  const more = place.rows.length > 1 ? `${place.rows.length} members` : `member ${data.members[first]}`;
  tip.replaceChildren(cell("strong", more + (place.isBest ? ", Pareto front" : "")), list);
  tip.hidden = false;
  const view = find("view"), isRight = place.left > view.clientWidth / 2;
  tip.style.left = isRight ? "auto" : `${view.offsetLeft + place.left + 14}px`;
  tip.style.right = isRight ? `${view.clientWidth - place.left + 14}px` : "auto";
  const room = view.offsetTop + view.clientHeight - tip.offsetHeight - 4;
  tip.style.top = `${Math.max(4, Math.min(view.offsetTop + place.top - 20, room))}px`;
  place.element.classList.add("hinted");
  for (const at of place.rows) lines[at].classList.add("hinted");
}

const sameIn = (place, column) => place.rows.every((at) => texts[at][column.at] === texts[place.rows[0]][column.at]);

function hideTip() {
  find("tip").hidden = true;
  for (const element of document.querySelectorAll(".hinted")) element.classList.remove("hinted");
}

function choosePlace(place) {
  const isChosen = place.rows.every((at) => state.chosen.has(at));
  state.chosen = new Set(isChosen ? [] : place.rows);
  markChosen();
  if (!isChosen) lines[place.rows[0]].scrollIntoView({ block: "nearest" });
}

function chooseRow(at) {
  state.chosen = new Set(state.chosen.has(at) ? [] : [at]);
  markChosen();
}

function markChosen() {
  for (const place of places) {
    const isChosen = place.rows.some((at) => state.chosen.has(at));
    place.element.classList.toggle("chosen", isChosen);
    place.element.setAttribute("aria-pressed", String(isChosen));
  }
  lines.forEach((line, at) => {
    line.classList.toggle("chosen", state.chosen.has(at));
    line.setAttribute("aria-selected", String(state.chosen.has(at)));
  });
}

function plotKey(event, place) {
  const at = places.indexOf(place);
  const to = { ArrowRight: at + 1, ArrowUp: at + 1, ArrowLeft: at - 1, ArrowDown: at - 1, Home: 0, End: places.length - 1 }[event.key];
  if (event.key === "Enter" || event.key === " ") choosePlace(place);
  else if (event.key === "Escape") hideTip();
  else if (places[to]) {
    place.element.setAttribute("tabindex", "-1");
    places[to].element.setAttribute("tabindex", "0");
    places[to].element.focus();
  } else if (to === undefined) return;
  event.preventDefault();
}

function tableKey(event, at) {
  const row = lines[at];
  const to = { ArrowDown: row.nextSibling, ArrowUp: row.previousSibling }[event.key];
  if (event.key === "Enter" || event.key === " ") chooseRow(at);
  else if (to) {
    [row.tabIndex, to.tabIndex] = [-1, 0];
    to.focus();
  } else if (to === undefined) return;
  event.preventDefault();
}

function makeTable() {
  const rowsOf = body(columns, texts);
  lines.push(...rowsOf.children);
  find("table").append(rowsOf);
  const numberOf = new Map(lines.map((line, at) => [line, at]));
  const hands = { point: hintRow, leave: hideTip, choose: chooseRow, key: tableKey };
  listen(rowsOf, (target) => numberOf.get(target.closest("tr")), hands);
}

function showTable() {
  const { at, isUp } = state.sorted;
  const order = at < 0 ? rows.map((_, index) => index) : ordered(rows.map((row) => row[at]), isUp);
  const seen = order.filter((index) => !state.only || placeAt[index].isBest);
  lines.forEach((line, index) => line.classList.toggle("best", placeAt[index].isBest));
  const [part] = find("table").tBodies;
  part.remove(); // rows that move one by one in what is seen cost ten times as much
  part.replaceChildren(...seen.map((index) => lines[index]));
  for (const line of lines) line.tabIndex = -1;
  part.firstChild.tabIndex = 0;
  find("table").replaceChildren(head(columns, state.sorted, sortBy), part);
  const all = `${grouped(rows.length)} member${rows.length === 1 ? "" : "s"}`;
  find("count").textContent = seen.length === rows.length ? all : `${grouped(seen.length)} of ${all}`;
}

function hintRow(at) {
  placeAt[at].element.classList.add("hinted");
  lines[at].classList.add("hinted");
}

function sortBy(at) {
  state.sorted = { at, isUp: state.sorted.at === at ? !state.sorted.isUp : true };
  showTable();
  find("table").querySelectorAll("thead button")[at].focus();
}

function showFailed() {
  if (!data.failed.length) return;
  const part = find("failed");
  const names = [...data.axes.map((name) => ({ name })), { name: "error" }, { name: "what is wrong" }];
  part.hidden = false;
  part.querySelector("summary").textContent =
    `${grouped(data.failed.length)} member${data.failed.length === 1 ? "" : "s"} failed`;
  part.querySelector("table").replaceChildren(head(names, {}), body(names, data.failed));
}

function showControls() {
  for (const which of ["x", "y"]) {
    const column = state[which], log = find(`${which}-log`);
    log.disabled = !canLog(column);
    log.checked = Boolean(state.logs[which]) && !log.disabled;
    log.parentElement.title = log.disabled ? `${column.name} is not above 0 everywhere` : "";
    find(`${which}-better`).textContent = column.better === "larger" ? "more is better" : "less is better";
  }
}

function show() {
  hideTip();
  showControls();
  showPlot();
  showTable();
}

function fill(select, options, chosen) {
  for (const column of options) {
    const option = document.createElement("option");
    [option.value, option.textContent, option.selected] = [column?.name ?? "", column?.name ?? "none", column === chosen];
    select.append(option);
  }
}

function wire() {
  for (const which of ["x", "y"]) {
    fill(find(which), numbers, state[which]);
    find(which).addEventListener("change", (event) => {
      state[which] = numbers.find((column) => column.name === event.target.value);
      state.logs[which] = isWide(state[which]);
      show();
    });
    find(`${which}-log`).addEventListener("change", (event) => {
      state.logs[which] = event.target.checked;
      show();
    });
    find(`${which}-better`).addEventListener("click", () => {
      state[which].better = state[which].better === "larger" ? "smaller" : "larger";
      show();
    });
  }
  fill(find("colour"), [null, ...colours], state.colour);
  find("colour").addEventListener("change", (event) => {
    state.colour = colours.find((column) => column.name === event.target.value) ?? null;
    show();
  });
  find("only").addEventListener("change", (event) => {
    state.only = event.target.checked;
    showTable();
  });
  const hands = { point: showTip, leave: hideTip, choose: choosePlace, key: plotKey };
  listen(find("view"), (target) => placeOf.get(target), hands);
  new ResizeObserver(() => showPlot()).observe(find("view"));
  wireTheme();
}

function wireTheme() {
  const dark = matchMedia("(prefers-color-scheme: dark)"), root = document.documentElement, button = find("theme");
  const isDark = () => (root.dataset.theme ?? (dark.matches ? "dark" : "light")) === "dark";
  const name = () => { button.textContent = isDark() ? "light" : "dark"; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    name();
  });
  dark.addEventListener("change", name);
  name();
}

showFailed();
if (rows.length) {
  makeTable();
  wire();
  show();
} else {
  document.body.classList.add("empty");
}
