// A chart with its own slider: the thumb stands over the position that it names.

const THUMB = 18; // pixels, as in walk.css
const HIGH = 11; // of the plot, in letter sizes
const LARGE = 16; // pixels; with letters from here on, a projector's, the plot is lower

class Chart {
  constructor(view, panel, number) {
    Object.assign(this, { view, panel, last: view.last });
    this.slider = make("input", { type: "range", min: 0, max: view.last, step: 1 });
    // One slider is enough for the keyboard; both move together.
    set(this.slider, number ? { tabindex: -1, "aria-hidden": "true" } : { "aria-label": "Step of the attack" });
    this.slider.oninput = () => view.go(Number(this.slider.value));
    this.svg = draw("svg", { role: "img", "aria-label": panel.alt });
    this.svg.onpointerdown = this.svg.onpointermove = (event) => {
      if (event.buttons) view.go(this.nearest(event.clientX - this.svg.getBoundingClientRect().left));
    };
    this.element = make("div", { class: "panel" }, make("h4", {}, panel.title), this.slider, this.svg);
  }

  draw() {
    const { size, muted, faint } = this.view.data.look, { levels, positions } = this.view.data;
    const names = Math.max(...this.panel.lines.map((line) => line.name.length));
    this.left = 3.1 * size;
    this.wide = Math.max(1, this.element.clientWidth - this.left - (0.56 * names + 1) * size);
    this.high = (size < LARGE ? HIGH : 0.8 * HIGH) * size;
    const width = this.element.clientWidth, height = this.high + 2 * size;
    set(this.svg, { viewBox: `0 0 ${width} ${height}`, height, "font-size": size });
    const style = { marginLeft: `${this.left - THUMB / 2}px`, width: `${this.wide + THUMB}px` };
    Object.assign(this.slider.style, style);
    const parts = [];
    for (const [level, words] of levels) {
      const y = this.y(level);
      parts.push(draw("line", { x1: this.left, x2: this.left + this.wide, y1: y, y2: y, stroke: faint }));
      parts.push(draw("text", { x: this.left - 6, y: y + 0.35 * size, fill: muted, "text-anchor": "end" }, words));
    }
    for (const i of this.ticks(positions, size)) {
      const at = { x: this.x(i), y: this.high + 1.6 * size, fill: muted, "text-anchor": "middle" };
      parts.push(draw("text", at, positions[i]));
    }
    const { text } = this.view.data.look;
    this.mark = draw("line", { y1: 0, y2: this.high + 0.4 * size, stroke: text, "stroke-width": 1.5 });
    parts.push(this.mark, ...this.panel.lines.flatMap((line) => this.line(line, size)), ...this.names(size));
    this.svg.replaceChildren(...parts);
  }

  go(at) {
    this.slider.value = at;
    set(this.slider, { "aria-valuetext": this.view.data.sentences[at] });
    set(this.mark, { x1: this.x(at), x2: this.x(at) });
  }

  x(i) {
    return this.left + (this.wide * i) / this.last;
  }

  y(value) {
    const inset = 0.5 * this.view.data.look.size;
    return inset + (this.high - inset) * (1 - value);
  }

  nearest(x) {
    return Math.max(0, Math.min(this.last, Math.round(((x - this.left) / this.wide) * this.last)));
  }

  // Positions with a name: the clean image and the steps, as many as have room.
  ticks(positions, size) {
    const [each, first] = [1.9, 2.6].map((letters) => Math.ceil((letters * size * this.last) / this.wide));
    return [0, ...positions.keys()].filter((i, n) => n === 0 || (i >= Math.max(2, first) && (this.last - i) % each === 0));
  }

  line({ values, color, symbol }, size) {
    const points = values.map((value, i) => [this.x(i), this.y(value)]);
    const path = draw("polyline", { points: points.join(" "), fill: "none", stroke: color, "stroke-width": 2 });
    return [path, ...points.map(([x, y]) => sign(symbol, x, y, 0.3 * size, color))];
  }

  // The lines' names at their ends, moved apart where several end together.
  names(size) {
    const gap = 1.25 * size, lines = this.panel.lines.map((line) => ({ ...line, y: this.y(line.values.at(-1)) }));
    lines.sort((one, other) => other.y - one.y);
    let floor = this.high;
    for (const line of lines) floor = (line.y = Math.min(line.y, floor)) - gap;
    let ceiling = 0.5 * size;
    for (const line of lines.reverse()) ceiling = (line.y = Math.max(line.y, ceiling)) + gap;
    const x = this.left + this.wide + 0.6 * size;
    return lines.map(({ y, name, color }) =>
      draw("text", { x, y: y + 0.35 * size, fill: color, "font-weight": 600 }, name));
  }
}

// The mark of a side: its shape doubles its color.
function sign(symbol, x, y, r, fill) {
  if (symbol === "circle") return draw("circle", { cx: x, cy: y, r, fill });
  const d = symbol === "triangle-up"
    ? `M${x - 1.15 * r} ${y + r}L${x + 1.15 * r} ${y + r}L${x} ${y - 1.2 * r}Z`
    : `M${x - r} ${y}L${x + r} ${y}M${x} ${y - r}L${x} ${y + r}`;
  return draw("path", symbol === "triangle-up" ? { d, fill } : { d, stroke: fill, "stroke-width": 1.6 });
}
