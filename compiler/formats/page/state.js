// What is chosen: rows of the table and a part of the drawing. Who shows it listens.

class Choice {
  constructor() {
    this.rows = new Set();
    this.part = null; // the part that was chosen; null where rows were
    this.listeners = [];
  }

  get first() {
    return [...this.rows].reduce((least, row) => Math.min(least, row));
  }

  get last() {
    return [...this.rows].reduce((most, row) => Math.max(most, row));
  }

  listen(listener) {
    this.listeners.push(listener);
  }

  // `from` is the view in which it was chosen: that one need not scroll.
  choose(rows, part, from) {
    this.rows = new Set(rows);
    this.part = part;
    for (const listener of this.listeners) listener(this, from);
  }
}

function rowsIn(ranges) {
  const found = [];
  for (const [first, last] of ranges) for (let row = first; row <= last; row++) found.push(row);
  return found;
}

// Parts with a number each, the part around, and which part shows a row most closely.
class Network {
  constructor(network, rows) {
    this.parts = [];
    this.leaf = new Array(rows).fill(null);
    this._add(network, null);
    this.top = this.parts[0];
  }

  _add(part, around) {
    part.id = this.parts.length;
    part.around = around;
    part.level = around ? around.level + 1 : 0;
    this.parts.push(part);
    for (const row of rowsIn(part.rows)) this.leaf[row] = part.id;
    for (const item of part.items ?? []) this._add(item, part);
  }

  // The closest part that shows the first of some rows; null where none of them is drawn.
  partOf(rows) {
    let first = Infinity;
    for (const row of rows) if (row < first && this.leaf[row] !== null) first = row;
    return first === Infinity ? null : this.parts[this.leaf[first]];
  }

  // From the whole network down to the part.
  chain(part) {
    const found = [];
    for (let each = part; each; each = each.around) found.unshift(each);
    return found;
  }

  // What of the part can be seen: itself, or the outermost folded one around it.
  seen(part, open) {
    const chain = this.chain(part);
    return chain.find((each, index) => index < chain.length - 1 && !open.has(each.id)) ?? part;
  }
}
