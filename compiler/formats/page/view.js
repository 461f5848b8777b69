// Moving and zooming the drawing: wheel, drag, two fingers, buttons.

const NEAREST = 2.5;
const FURTHEST = 0.04;

class View {
  constructor(svg, drawing) {
    this.svg = svg;
    this.drawing = drawing;
    this.x = 0;
    this.y = 0;
    this.scale = 1;
    this.fingers = new Map();
    this.moved = false;
    svg.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    svg.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) {
      svg.addEventListener(name, (event) => this.release(event));
    }
  }

  get size() {
    return this.svg.getBoundingClientRect();
  }

  apply(glide = false) {
    this.drawing.world.classList.toggle("gliding", glide);
    this.drawing.world.style.transform = `translate(${this.x}px, ${this.y}px) scale(${this.scale})`;
  }

  // The whole drawing, at most at the scale `most`; never so small that words cannot be read, if
  // `readable`.
  fit(readable = false, glide = false, most = 1) {
    const { width, height } = this.size;
    const { layout } = this.drawing;
    const whole = Math.min((width - 32) / layout.width, (height - 32) / layout.height, most);
    this.scale = Math.max(
      readable ? Math.min(most, 0.8, Math.max(0.5, (width - 32) / layout.width)) : FURTHEST,
      whole,
    );
    this.x = (width - layout.width * this.scale) / 2;
    if (readable && layout.width * this.scale > width)
      this.x = width / 2 - layout.axis * this.scale;
    this.y = Math.max(16, (height - layout.height * this.scale) / 2);
    this.apply(glide);
  }

  zoom(factor, at, glide = false) {
    const { width, height } = this.size;
    const [x, y] = at ?? [width / 2, height / 2];
    const scale = Math.min(NEAREST, Math.max(FURTHEST, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.apply(glide);
  }

  // Moves as little as shows the box with some room around it; of a box that is too large its
  // beginning, or what is seen of it now if `whole`.
  show(id, glide = true, whole = false) {
    const box = this.drawing.boxes.get(id);
    if (!box) return;
    const { width, height } = this.size;
    const room = 40;
    const moved = (offset, start, length, space) => {
      const [from, to] = [offset + start * this.scale, offset + (start + length) * this.scale];
      if (from >= room && to <= space - room) return offset;
      if (whole && length * this.scale > space - 2 * room) return offset;
      if (length * this.scale > space - 2 * room || from < room) return offset + room - from;
      return offset + space - room - to;
    };
    this.x = moved(this.x, box.left, box.width, width);
    this.y = moved(this.y, box.top, box.height, height);
    this.apply(glide);
  }

  // Draws anew while the top of a box stays where it is.
  keep(part, change) {
    const before = this.drawing.boxes.get(part.id);
    const [left, top] = before ? [before.left + before.axis, before.top] : [0, 0];
    change();
    const after = this.drawing.boxes.get(part.id);
    if (before && after) {
      this.x += (left - after.left - after.axis) * this.scale;
      this.y += (top - after.top) * this.scale;
    }
    this.apply();
  }

  at(event) {
    const { left, top } = this.size;
    return [event.clientX - left, event.clientY - top];
  }

  wheel(event) {
    event.preventDefault();
    const unit = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      this.zoom(Math.exp(-event.deltaY * unit * 0.004), this.at(event));
      return;
    }
    this.x -= (event.shiftKey ? event.deltaY : event.deltaX) * unit;
    this.y -= (event.shiftKey ? 0 : event.deltaY) * unit;
    this.apply();
  }

  press(event) {
    if (event.button !== 0) return;
    this.fingers.set(event.pointerId, this.at(event));
    this.moved = false;
  }

  drag(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = this.at(event);
    if (!this.moved && Math.hypot(now[0] - before[0], now[1] - before[1]) < 4) return;
    if (!this.moved) {
      this.moved = true;
      this.svg.setPointerCapture(event.pointerId);
      this.svg.classList.add("held");
    }
    if (this.fingers.size === 2) {
      const [other] = [...this.fingers]
        .filter(([id]) => id !== event.pointerId)
        .map(([, at]) => at);
      const apart = (at) => Math.hypot(at[0] - other[0], at[1] - other[1]) || 1;
      this.zoom(apart(now) / apart(before), [(now[0] + other[0]) / 2, (now[1] + other[1]) / 2]);
    } else {
      this.x += now[0] - before[0];
      this.y += now[1] - before[1];
      this.apply();
    }
    this.fingers.set(event.pointerId, now);
  }

  release(event) {
    this.fingers.delete(event.pointerId);
    if (!this.fingers.size) this.svg.classList.remove("held");
  }
}
