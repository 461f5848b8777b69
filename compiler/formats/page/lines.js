// The lines of the table: layers within the blocks of their paths, or sorted, or filtered.

const MOST_LINES = 60;

// Blocks in the order in which they first appear; each has its lines and the rows of all of them.
function treeOf(rows, metrics) {
  const top = { path: "", level: 0, rows: rows.map((_, index) => index), inner: [] };
  const blocks = new Map([["", top]]);
  const leaves = [];
  rows.forEach((row, index) => {
    const names = row.path.split(".");
    let around = top;
    for (let end = 1; end < names.length; end++) {
      const path = names.slice(0, end).join(".");
      let block = blocks.get(path);
      if (!block) {
        block = {
          key: path,
          path,
          name: names[end - 1],
          level: end,
          rows: [],
          inner: [],
          around,
          block: "",
        };
        blocks.set(path, block);
        around.inner.push(block);
      }
      block.block = (row.scopes.find(([scope]) => scope === path) ?? [])[1] ?? block.block;
      block.rows.push(index);
      around = block;
    }
    const leaf = {
      path: row.path,
      name: names.at(-1),
      level: names.length,
      rows: [index],
      row,
      around,
    };
    leaves.push(leaf);
    around.inner.push(leaf);
  });
  for (const block of blocks.values()) block.quantities = quantitiesOf(block.rows, rows, metrics);
  return { top, leaves, blocks: [...blocks.values()].slice(1) };
}

function quantitiesOf(indices, rows, metrics) {
  return metrics.map((metric, at) =>
    together(
      metric,
      indices.map((index) => rows[index].quantities[at]),
    ),
  );
}

function quantitiesIn(line) {
  return line.inner ? line.quantities : line.row.quantities;
}

// The deepest level at which few enough lines are seen, or 1.
function readableLevel(top) {
  for (let level = 1, shown = top.inner.length; ; level++) {
    const next = blocksAt(top, level);
    if (!next.length) return level;
    shown += next.reduce((all, block) => all + block.inner.length, 0);
    if (shown > MOST_LINES) return level;
  }
}

function blocksAt(top, level) {
  if (!level) return [top];
  return blocksAt(top, level - 1).flatMap((block) => block.inner.filter((line) => line.inner));
}

function seenLines(top, open) {
  const found = [];
  const add = (block) => {
    for (const line of block.inner) {
      found.push(line);
      if (line.inner && open.has(line.key)) add(line);
    }
  };
  add(top);
  return found;
}

// Layers that have every word in their path or call.
function matching(rows, filter) {
  return rows
    .map((row, index) => ({ path: row.path, name: row.path, level: 1, rows: [index], row }))
    .filter(({ row }) => matches(`${row.path} ${row.layer}`, filter));
}

function sortedBy(lines, at, descending) {
  const value = (line) => {
    const quantity = line.row.quantities[at];
    const number = Array.isArray(quantity) ? quantity[0] : quantity;
    return number === null ? Infinity : Number(number);
  };
  return lines.toSorted((a, b) => (descending ? value(b) - value(a) : value(a) - value(b)));
}
