// A drawing with its buttons, and what clicks and keys do in it.

class Pane {
  // `told` hears of every part that is folded or unfolded here.
  constructor(root, network, depth, choice, told = () => {}) {
    this.network = network;
    this.choice = choice;
    this.told = told;
    const svg = root.querySelector(".view");
    this.drawing = new Drawing(svg, network, depth, choice);
    this.view = new View(svg, this.drawing);
    this.view.fit(true);
    svg.addEventListener("click", (event) => this.click(event));
    svg.addEventListener("dblclick", (event) => {
      const part = this.partAt(event.target);
      if (part && !event.target.closest("[data-fold]")) this.toggle(part);
    });
    svg.addEventListener("keydown", (event) => this.press(event));
    svg.addEventListener("focusin", () => {
      if (svg.matches(":has(:focus-visible)")) this.view.show(this.drawing.current);
    });
    choice.listen((_, from) => {
      if (from !== this && choice.rows.size) this.follow();
    });
    this.startButtons(root);
  }

  startButtons(root) {
    const { view, drawing } = this;
    const does = {
      fold: () => {
        drawing.foldAll();
        view.fit(true, true);
      },
      unfold: () => view.keep(this.network.top.items[0], () => drawing.unfoldMore()),
      closer: () => view.zoom(1.25, null, true),
      further: () => view.zoom(0.8, null, true),
      fit: () => view.fit(false, true),
    };
    for (const [name, action] of Object.entries(does)) {
      root.querySelector(`[data-do="${name}"]`).addEventListener("click", action);
    }
  }

  partAt(target) {
    const node = target.closest("[data-id]");
    return node && this.network.parts[node.dataset.id];
  }

  pick(part) {
    this.drawing.setCurrent(part, true);
    this.choice.choose(rowsIn(part.rows), part, this);
  }

  toggle(part) {
    if (!part.items) return;
    this.fold(part, !this.drawing.open.has(part.id));
    this.view.show(part.id, true, true);
    this.pick(part);
    this.told(part, this.drawing.open.has(part.id));
  }

  fold(part, open) {
    if (this.drawing.open.has(part.id) === open) return;
    this.view.keep(part, () => this.drawing.fold(part, open));
  }

  click(event) {
    if (this.view.moved) return;
    const part = this.partAt(event.target);
    if (!part) this.choice.choose([], null, this);
    else if (event.target.closest("[data-fold]")) this.toggle(part);
    else this.pick(part);
  }

  press(event) {
    const part = this.network.parts[this.drawing.current];
    if (event.key === "Enter" || event.key === " ") this.toggle(part);
    else {
      const next = this.next(event.key, part);
      if (!next) return;
      this.pick(next);
      this.view.show(next.id);
    }
    event.preventDefault();
    event.stopPropagation();
  }

  next(key, part) {
    const { network, drawing } = this;
    const { items } = network.top;
    switch (key) {
      case "ArrowDown":
        return alongWires(drawing.open, part, true);
      case "ArrowUp":
        return alongWires(drawing.open, part, false);
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

  // Shows the box of what was chosen elsewhere, as far as it is unfolded.
  follow() {
    const part = this.network.partOf(this.choice.rows);
    if (!part) return;
    const seen = this.network.seen(part, this.drawing.open);
    this.drawing.setCurrent(seen, false);
    this.view.show(seen.id);
  }

  // The same, with all unfolded that is around it.
  reveal(rows) {
    const part = this.network.partOf(rows);
    if (!part) return;
    this.drawing.reveal(part);
    this.follow();
  }
}
