// Numbers as text, and sums that are exact however large they are.

const PREFIXES = [
  [1e12, "T"],
  [1e9, "G"],
  [1e6, "M"],
  [1e3, "k"],
];

// `61.1 M`: three digits and an SI prefix.
function brief(number) {
  const size = Number(number);
  for (const [power, prefix] of PREFIXES) {
    if (Math.abs(size) >= power) return `${Number((size / power).toPrecision(3))} ${prefix}`;
  }
  return String(Number(size.toPrecision(3)));
}

// `61,100,840`; of height and width `7`, or `7x1` where they differ.
function exact(quantity) {
  if (Array.isArray(quantity)) {
    const [high, wide] = quantity.map(String);
    return high === wide ? high : `${high}x${wide}`;
  }
  const [whole, rest] = String(quantity).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return rest ? `${grouped}.${rest}` : grouped;
}

// Integers above 2**53 come as text and stay exact as BigInt.
function sum(quantities) {
  return quantities.reduce((all, each) => all + BigInt(each), 0n);
}

function largest(quantities) {
  return quantities.map(BigInt).reduce((most, each) => (each > most ? each : most), 0n);
}

// The number of several rows together, as compiler/grouping.py has it.
function together(metric, quantities) {
  if (metric.total === "none") return quantities.at(-1);
  const known = quantities.filter((each) => each !== null);
  if (!known.length) return null;
  return metric.total === "sum" ? sum(known) : largest(known);
}

// The largest of many numbers, at least 1: what a bar of full length means.
function scaleOf(values) {
  return values.reduce((most, each) => Math.max(most, each), 1);
}

function counted(number, one, several = `${one}s`) {
  return `${exact(number)} ${number === 1 ? one : several}`;
}
