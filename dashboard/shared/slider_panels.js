// What the slider moves: curves, a picture, bars, and what someone says. Each draws for a width and moves to a position.

const DASHES = { dash: "7 4", dot: "2 3", dashdot: "7 3 2 3" };
const STEPS = [1, 2, 5, 10]; // of the marks on an axis, times a power of ten

class PanelOf {
  constructor(data, view) {
    Object.assign(this, { data, view, look: view.data.look, last: view.data.positions.length - 1 });
    this.svg = draw("svg", { role: "img", "aria-label": data.says });
  }

  sized(wide, high) {
    Object.assign(this, { wide, high });
    set(this.svg, { viewBox: `0 0 ${wide} ${high}`, height: high });
  }

  // As high as the window leaves room for a title, an answer and a doubt, and no higher than wide.
  height(width) {
    const { size } = this.look, most = Math.min(24 * size, 0.6 * width);
    return Math.round(Math.max(11 * size, Math.min(0.3 * window.innerHeight, most)));
  }

  text(words, x, y, more = {}) {
    return write(words, { x, y, fill: this.look.muted, "font-size": this.look.size, ...more });
  }

  halo(color) {
    return { fill: color, stroke: this.look.background, "stroke-width": 6, "stroke-linejoin": "round", "paint-order": "stroke", "font-weight": 600 };
  }
}

class Curves extends PanelOf {
  along = true;

  constructor(data, view) {
    super(data, view);
    this.svg.onpointerdown = (event) => this.drag(event);
    this.svg.onpointermove = (event) => event.buttons & 1 && this.drag(event);
  }

  drag(event) {
    if (event.button > 0) return;
    const box = this.svg.getBoundingClientRect(), scale = box.width / this.wide; // a projector enlarges the page
    const place = ((event.clientX - box.left) / scale - this.x(0)) / (this.x(1) - this.x(0));
    this.view.move(Math.min(Math.max(Math.round(place), 0), this.last));
  }

  x(at) {
    return this.left + (at / Math.max(this.last, 1)) * (this.right - this.left);
  }

  y(value) {
    return this.low - (Math.min(value, this.data.top) / this.data.top) * (this.low - this.up);
  }

  draw(width) {
    const { size } = this.look, names = this.data.lines.map((line) => line.name);
    this.sized(width, this.height(width));
    const longest = Math.max(...names.map((name) => name.length));
    Object.assign(this, { left: 4 * size, right: width - (0.55 * longest + 1.4) * size });
    Object.assign(this, { up: 0.8 * size, low: this.high - 2 * size });
    this.mark = draw("g");
    const lines = this.data.lines.flatMap((line) => this.line(line));
    this.svg.replaceChildren(...this.axes(), ...this.noted(), ...lines, ...this.ends(), this.mark);
  }

  axes() {
    const { size, faint } = this.look, { top } = this.data, parts = [];
    const step = stepped(top / 2.5);
    for (let value = 0; value <= 1.001 * top; value += step) {
      const y = this.y(value), ink = { stroke: faint };
      parts.push(draw("path", { d: `M${this.x(0) - size} ${y}H${this.x(this.last) + 0.5 * size}`, ...ink }));
      parts.push(this.text(this.said(value), this.left - 1.4 * size, y + 0.35 * size, { "text-anchor": "end" }));
    }
    const names = this.view.data.positions, room = this.x(1) - this.x(0);
    const every = Math.ceil((0.6 * size * (Math.max(...names.map((name) => name.length)) + 1)) / room);
    names.forEach((name, at) => {
      if (at !== this.last && (at % every || this.last - at < every)) return; // the last is always named
      parts.push(this.text(name, this.x(at), this.low + 1.5 * size, { "text-anchor": "middle" }));
      parts.push(draw("path", { d: `M${this.x(at)} ${this.low}v4`, stroke: this.look.muted }));
    });
    return parts;
  }

  // Where something happens between positions.
  noted() {
    const { size, muted } = this.look;
    return this.data.marks.flatMap(([at, words], i) => {
      const x = this.x(at), early = at < 0.75 * this.last, y = this.low - (0.5 + 1.3 * i) * size;
      const rule = draw("path", { d: `M${x} ${this.up}V${this.low}`, stroke: muted, "stroke-dasharray": "2 3" });
      const place = { "text-anchor": early ? "start" : "end", ...this.halo(muted), "font-weight": 400 };
      return [rule, this.text(words, x + (early ? 5 : -5), y, place)];
    });
  }

  line({ values, color, dash, symbol, low, high, quiet }) {
    const at = (value, i) => `${this.x(i).toFixed(1)} ${this.y(value).toFixed(1)}`, parts = [];
    if (low.length) {
      const d = `M${[...high.map(at), ...low.map(at).reverse()].join("L")}z`;
      parts.push(draw("path", { d, fill: color, opacity: 0.16 }));
    }
    let pen = "M";
    const d = values.map((value, i) => {
      if (value === null) return (pen = "M"), "";
      const step = pen + at(value, i);
      pen = "L";
      return step;
    }).join("");
    const ink = { fill: "none", stroke: color, "stroke-width": quiet ? 1.5 : 2.5, "stroke-dasharray": DASHES[dash] ?? "none" };
    parts.push(draw("path", { d, ...ink }));
    if (symbol) parts.push(draw("path", { d: values.map((v, i) => (v === null ? "" : shape(symbol, this.x(i), this.y(v)))).join(""),
      fill: color, stroke: color }));
    return parts;
  }

  // Every curve's name at its end, none over another.
  ends() {
    const { size } = this.look, found = this.data.lines.flatMap((line) => {
      const value = line.values.findLast((one) => one !== null);
      return value === undefined ? [] : [{ line, y: this.y(value) }];
    });
    apart(found, 1.15 * size, this.up, this.low);
    return found.map(({ line, y }) =>
      this.text(line.name, this.right + 0.8 * size, y + 0.35 * size, { fill: line.color, "font-weight": line.quiet ? 400 : 600 }));
  }

  move(at) {
    const { size, text } = this.look, x = this.x(at), early = at <= this.last / 2, found = [];
    for (const line of this.data.lines)
      if (!line.quiet && line.values[at] !== null) found.push({ line, value: line.values[at], y: this.y(line.values[at]) });
    const rule = draw("path", { d: `M${x} ${this.up - 4}V${this.low}`, stroke: text, "stroke-width": 2 });
    const dots = found.map(({ line, y }) => draw("circle", { cx: x, cy: y, r: 5, fill: this.look.background, stroke: line.color,
      "stroke-width": 2.5 }));
    apart(found, 1.2 * size, this.up, this.low - 0.4 * size);
    const place = { "text-anchor": early ? "start" : "end" };
    const words = found.map(({ line, value, y }) =>
      this.text(this.said(value), x + (early ? 10 : -10), y + 0.35 * size, { ...this.halo(line.color), ...place }));
    this.mark.replaceChildren(rule, ...dots, ...words);
  }

  said(value) {
    return this.data.form === "percent" ? percent(value) : String(Number(value.toPrecision(3)));
  }
}

class Shots extends PanelOf {
  draw(width) {
    const side = Math.min(width, this.height(2 * width)), place = { width: side, height: side, preserveAspectRatio: "xMinYMin" };
    this.sized(width, side);
    this.image = draw("image", { ...place, style: "image-rendering: pixelated" });
    this.svg.replaceChildren(this.image);
  }

  move(at) {
    this.image.setAttribute("href", this.data.sources[at]);
  }
}

class Columns extends PanelOf {
  draw(width) {
    const { size, faint } = this.look;
    this.sized(width, this.height(width));
    this.left = 4 * size;
    const middle = this.high / 2, y = (value) => middle - (value / this.data.reach) * (middle - 0.5 * size);
    const lines = this.data.ticks.flatMap(([value, words]) => [
      draw("path", { d: `M${this.left} ${y(value)}H${width}`, stroke: faint }),
      this.text(words, this.left - 0.6 * size, y(value) + 0.35 * size, { "text-anchor": "end" }),
    ]);
    const room = (width - this.left) / this.data.names.length;
    this.bars = this.data.names.map((name, i) => {
      const bar = draw("rect", { x: this.left + (i + 0.1) * room, width: 0.8 * room });
      bar.append(draw("title", {}, name));
      return bar;
    });
    this.y = y;
    this.svg.replaceChildren(...lines, ...this.bars);
  }

  move(at) {
    const { reach, colors, values } = this.data;
    values[at].forEach((value, i) => {
      const end = this.y(Math.min(Math.max(value, -reach), reach)), start = this.y(0);
      const [y, height] = [Math.min(start, end), Math.abs(end - start)];
      set(this.bars[i], { y, height, fill: colors[value > 0 ? 0 : 1] });
    });
  }
}

class Readings extends PanelOf {
  draw(width) {
    const { size, faint } = this.look, { rows } = this.data, high = 2.5 * size;
    this.sized(width, rows.length * high);
    const parts = rows.map((row, i) => {
      const y = i * high + 1.25 * size, bar = { x: 0, y, height: 0.8 * size, rx: 2 };
      const [track, fill] = [draw("rect", { ...bar, width, fill: faint }), draw("rect", { ...bar, fill: row.color })];
      const words = this.text("", 0, y - 0.3 * size, { fill: this.look.text });
      return { track, fill, words };
    });
    this.parts = parts;
    this.svg.replaceChildren(...parts.flatMap(({ track, fill, words }) => [track, fill, words]));
  }

  move(at) {
    this.data.rows.forEach((row, i) => {
      const { fill, words } = this.parts[i];
      fill.setAttribute("width", row.shares[at] * this.wide);
      words.replaceChildren(`${row.name}: `, write(row.words[at], { "font-weight": 600 }, "tspan"));
    });
  }
}

const KINDS = { lines: Curves, shots: Shots, columns: Columns, readings: Readings };

// The nearest of 1, 2 and 5 times a power of ten.
function stepped(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * STEPS.reduce((best, one) => (Math.abs(one - value / power) < Math.abs(best - value / power) ? one : best));
}

// Spread `y`s that are nearer than `least`, within the panel; in place.
function apart(items, least, up, low) {
  items.sort((one, other) => one.y - other.y);
  items.forEach((item, i) => { item.y = Math.max(item.y, i ? items[i - 1].y + least : up); });
  for (let i = items.length - 1; i >= 0; i--)
    items[i].y = Math.min(items[i].y, i < items.length - 1 ? items[i + 1].y - least : low);
}

function shape(symbol, x, y) {
  const at = `M${x.toFixed(1)} ${y.toFixed(1)}`;
  if (symbol === "triangle-up") return `${at}m0 -4.5l4.5 8h-9z`;
  if (symbol === "cross-thin") return `${at}m-4 0h8m-4 -4v8`;
  return `${at}m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0`;
}

// As `percent` in core.look.
function percent(fraction) {
  const whole = Math.round(100 * fraction);
  if (fraction > 0 && whole === 0) return "<1\u00a0%";
  if (fraction < 1 && whole === 100) return ">99\u00a0%";
  return `${whole}\u00a0%`;
}
