// The table of members, and that of those that fail.

function cell(name, text, isNumber) {
  const element = document.createElement(name);
  element.textContent = text;
  if (isNumber) element.className = "number";
  return element;
}

function head(columns, sorted, onSort) {
  const row = document.createElement("tr");
  columns.forEach((column, at) => {
    const heading = cell("th", "", column.number);
    heading.scope = "col";
    if (onSort) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = column.name;
      button.title = column.what;
      button.addEventListener("click", () => onSort(at));
      heading.append(button);
      if (sorted.at === at) heading.setAttribute("aria-sort", sorted.isUp ? "ascending" : "descending");
    } else {
      heading.textContent = column.name;
    }
    row.append(heading);
  });
  const part = document.createElement("thead");
  part.append(row);
  return part;
}

// A row for each list of texts; the first cell names it.
function body(columns, rows) {
  const part = document.createElement("tbody");
  for (const texts of rows) {
    const row = document.createElement("tr");
    texts.forEach((text, at) => row.append(cell(at ? "td" : "th", text, columns[at].number)));
    row.firstChild.scope = "row";
    part.append(row);
  }
  return part;
}

// One listener for all that a part of the page has many of: `known` is what is behind an element.
function listen(part, known, hands) {
  const on = (type, action) => part.addEventListener(type, (event) => {
    const own = known(event.target);
    if (own !== undefined) action(own, event);
  });
  on("pointerover", hands.point);
  on("pointerout", hands.leave);
  on("focusin", hands.point);
  on("focusout", hands.leave);
  on("click", hands.choose);
  on("keydown", (own, event) => hands.key(event, own));
}

function ordered(values, isUp) {
  const order = values.map((_, at) => at);
  const turn = isUp ? 1 : -1;
  return order.sort((a, b) => turn * compared(values[a], values[b]) || a - b);
}

// The same everywhere, whatever the reader's language is.
function compared(a, b) {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return a < b ? -1 : a > b ? 1 : 0;
}
