// The Pareto front of two columns, as `--pareto` defines it: points that no other beats. In the order of
// the first coordinate a point is beaten where a point before it is as good in both, and not its equal.

function front(points) {
  const order = points.map((_, at) => at);
  order.sort((a, b) => points[a][0] - points[b][0] || points[a][1] - points[b][1]);
  const best = new Set();
  let last = null;
  for (const at of order) {
    const [x, y] = points[at];
    if (last === null || y < last[1] || (x === last[0] && y === last[1])) {
      best.add(at);
      last = points[at];
    }
  }
  return best;
}
