// Maps of the same points side by side, drawn and picked from in the browser: no message to the server in between.
// Read together with svg.js and the two files named scatter_*.

const SPAN = 4000; // coordinates run from 0 to this, downwards
const NEAR = 12; // pixels from a click to the point it means
const DOT = 2.3, DIAMOND = 2.9; // pixels

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector("#scatter"), before = root.view;
  const tell = (image) => data.tells && setTriggerValue("picked", image), text = JSON.stringify({ ...data, chosen: 0 });
  if (before?.text === text) return before.look(data.chosen, tell); // only another image: whoever types keeps the focus
  before?.close();
  root.view = new View(root, data, text, before, tell);
}

class View {
  constructor(root, data, text, before, tell) {
    Object.assign(this, { root, data, text, tell, sent: before?.sent, all: false });
    this.chosen = this.kept(before);
    this.build();
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.maps);
    this.draw();
  }

  // What was picked stays picked on another map of the same images, until the page looks at another image.
  kept(before) {
    const { data } = this, image = data.chosen;
    const same = before && before.data.image.length === data.image.length;
    if (same && (image === before.data.chosen || image === before.sent)) return before.chosen;
    return data.picks ? this.ofImage(image) : [];
  }

  // The page looks at an image: it is picked, unless this is what was told from here.
  look(image, tell) {
    const picked = image === this.data.chosen || image === this.sent ? this.chosen : this.ofImage(image);
    Object.assign(this, { tell, data: { ...this.data, chosen: image } });
    this.pick(picked);
  }

  close() {
    this.observer.disconnect();
    URL.revokeObjectURL(this.sheet);
  }

  ofImage(image) {
    return this.points((p) => this.data.image[p] === image);
  }

  points(wanted) {
    return [...this.data.image.keys()].filter(wanted);
  }

  build() {
    const { root, data } = this, style = { ...data.look, size: `${data.look.size}px`, columns: data.columns };
    if (data.pictures) {
      const { source, columns, rows } = data.pictures, [wide, high] = [THUMBNAIL * columns, THUMBNAIL * rows];
      this.sheet = URL.createObjectURL(unpacked(source)); // short, where each of many thumbnails names it
      Object.assign(style, { sheet: `url(${this.sheet})`, "sheet-size": `${wide}px ${high}px` });
    }
    for (const [name, value] of Object.entries(style)) root.style.setProperty(`--${name}`, value);
    root.className = `${data.picks ? "picks" : ""} ${data.alone ? "alone" : ""}`;
    const main = make("div");
    this.maps = make("div", { class: "maps" });
    this.panels = data.panels.map((panel, number) => this.panel(panel, number));
    this.maps.append(...this.panels.map((panel) => panel.figure));
    const named = data.panels.some((panel) => panel.names.length === data.groups.length);
    main.append(...(data.alone && named ? [] : [this.key()]), this.maps);
    this.number = make("input", { type: "number", min: 0, max: Math.max(...data.image), "aria-label": "Image on the maps" });
    this.number.oninput = () => {
      if (!this.number.value) return;
      const at = Math.round(Math.min(Math.max(Number(this.number.value), 0), Number(this.number.max)));
      if (at !== Number(this.number.value)) this.number.value = at; // the field says what is shown
      this.one(at);
    };
    this.told = make("div", { "aria-live": "polite" });
    const label = make("label", {}, "Image ", this.number), camera = make("button", { type: "button", class: "picture" });
    this.aside = make("aside", { "aria-label": "What is selected" }, label, this.told, camera);
    camera.append(`Save as ${data.format.toUpperCase()}`);
    camera.onclick = () => saved(picture(this), data.file, data.format);
    this.tip = make("div", { id: "tip", hidden: "" });
    if (!data.picks) main.append(camera);
    root.replaceChildren(main, ...(data.picks && !data.alone ? [this.aside] : []), this.tip);
  }

  key() {
    const { data } = this, key = make("div", { class: "key" });
    for (const [g, group] of data.groups.entries()) {
      const item = make(data.picks ? "button" : "span", { type: "button" }, swatch(group.color), group.name);
      item.onclick = () => this.pick(this.points((p) => data.group[p] === g));
      key.append(item);
    }
    key.append(make("span", { class: "note" }, data.shapes));
    return key;
  }

  panel(panel, number) {
    const svg = draw("svg", { role: "img", "aria-label": `${panel.title}. ${panel.says}` });
    const layers = ["behind", "marks", "names", "picked", "lasso"].map((name) => draw("g", { class: name }));
    svg.append(...layers);
    const caption = make("figcaption", {}, make("b", {}, panel.title), make("span", {}, panel.says));
    if (this.data.picks) this.listen(svg, panel);
    const [behind, marks, names, picked, lasso] = layers;
    return { panel, number, svg, figure: make("figure", {}, caption, svg), behind, marks, names, picked, lasso };
  }

  // Everything that depends on the width.
  draw() {
    const width = this.panels[0].svg.clientWidth;
    if (!width) return;
    this.scale = width / SPAN;
    const everything = [...this.data.image.keys()], clean = everything.filter((p) => !this.data.attacked[p]);
    for (const it of this.panels) {
      it.svg.setAttribute("viewBox", `0 0 ${width} ${width}`);
      const others = this.data.context ? this.panels.filter((other) => other !== it) : [];
      const d = others.map((other) => this.path(other.panel, clean, 0)).join("");
      it.behind.replaceChildren(draw("path", { d, fill: this.data.look.faint }));
      it.marks.replaceChildren(...this.paths(it.panel, everything, 0.85));
      it.names.replaceChildren(...placed(it.panel.names, this.scale, width, this.data.look.size));
    }
    this.select();
  }

  // One path for each color and shape.
  paths(panel, points, opacity) {
    const { data } = this, found = [];
    for (const [g, { color }] of data.groups.entries())
      for (const hollow of [0, 1]) {
        const d = this.path(panel, points.filter((p) => data.group[p] === g && data.attacked[p] === hollow), hollow);
        const ink = hollow ? { fill: "none", stroke: color, "stroke-width": 1 } : { fill: color };
        if (d) found.push(draw("path", { d, opacity, ...ink }));
      }
    return found;
  }

  path(panel, points, hollow) {
    const at = (value) => (value * this.scale).toFixed(1), r = DOT, s = DIAMOND;
    return points.map((p) => hollow
      ? `M${at(panel.x[p])} ${at(panel.y[p])}m0 ${-s}l${s} ${s}l${-s} ${s}l${-s} ${-s}z`
      : `M${at(panel.x[p])} ${at(panel.y[p])}m${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0`).join("");
  }

  listen(svg, panel) {
    let line = null;
    const here = (event) => {
      const box = svg.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top];
    };
    svg.onpointerdown = (event) => {
      if (event.button) return;
      line = [here(event)];
      if (event.pointerType !== "touch") svg.setPointerCapture(event.pointerId); // a finger scrolls the page
    };
    svg.onpointermove = (event) => {
      if (!line) return this.hover(event, this.nearest(panel, ...here(event)));
      if (event.pointerType !== "touch") this.lasso(svg, line, here(event));
    };
    svg.onpointerup = (event) => {
      if (!line) return;
      const drawn = line;
      line = null;
      this.lasso(svg, [], null);
      if (drawn.length > 3) return this.pick(this.inside(panel, drawn));
      const point = this.nearest(panel, ...here(event));
      this.one(point === null ? null : this.data.image[point]);
    };
    svg.onpointercancel = () => { line = null; this.lasso(svg, [], null); };
    svg.onpointerleave = () => this.hover(null, null);
  }

  one(image) {
    this.pick(image === null ? [] : this.ofImage(image));
    if (image === null) return;
    this.sent = image;
    this.tell(image);
  }

  lasso(svg, line, next) {
    if (next) line.push(next);
    const layer = svg.querySelector(".lasso"), color = this.data.look.text;
    const ink = { fill: color, "fill-opacity": 0.08, stroke: color, "stroke-dasharray": "4 3" };
    layer.replaceChildren(...(line.length > 1 ? [draw("path", { d: `M${line.join("L")}z`, ...ink })] : []));
  }

  nearest(panel, x, y) {
    let found = null, best = NEAR ** 2;
    for (const p of this.data.image.keys()) {
      const distance = (panel.x[p] * this.scale - x) ** 2 + (panel.y[p] * this.scale - y) ** 2;
      if (distance < best) [found, best] = [p, distance];
    }
    return found;
  }

  inside(panel, line) {
    return this.points((p) => {
      const x = panel.x[p] * this.scale, y = panel.y[p] * this.scale;
      let odd = false;
      line.forEach(([x1, y1], i) => {
        const [x0, y0] = line.at(i - 1);
        if (y0 > y !== y1 > y && x < ((x0 - x1) * (y - y1)) / (y0 - y1) + x1) odd = !odd;
      });
      return odd;
    });
  }

  pick(points) {
    this.chosen = points;
    this.all = false;
    this.select();
  }

  // The picked points in every panel, and what they are beside them.
  select() {
    const { chosen, data } = this, single = chosen.length && new Set(chosen.map((p) => data.image[p])).size === 1;
    for (const it of this.panels) {
      it.marks.classList.toggle("dim", chosen.length > 0 && !single);
      it.picked.replaceChildren(...(single ? this.trail(it.panel) : []), ...this.paths(it.panel, chosen, 1));
    }
    if (!data.picks) return;
    this.told.replaceChildren(...told(this, single));
    if (!this.number.matches(":focus")) this.number.value = single ? data.image[chosen[0]] : "";
  }

  // From the clean point of one image to its attacked one, each in a ring.
  trail(panel) {
    const places = this.chosen.map((p) => [panel.x[p] * this.scale, panel.y[p] * this.scale]);
    const ink = { stroke: this.data.look.text, "stroke-width": 1.5, fill: "none" };
    const rings = places.map(([cx, cy]) => draw("circle", { cx, cy, r: 7, ...ink }));
    return [draw("path", { d: `M${places.join("L")}`, "stroke-dasharray": "2 3", ...ink }), ...rings];
  }

  hover(event, point) {
    this.tip.hidden = point === null;
    if (point === null) return;
    const { data } = this, image = data.image[point], name = className(data, image);
    const says = `image ${image}: ${name}, ${data.attacked[point] ? "attacked" : "clean"}`;
    this.tip.replaceChildren(...(data.pictures ? [thumbnail(data, image, name)] : []), says);
    const left = Math.min(event.clientX + 14, innerWidth - this.tip.offsetWidth - 8);
    Object.assign(this.tip.style, { left: `${left}px`, top: `${event.clientY + 14}px` });
  }
}

// Names at their places, moved aside where they would cover one another; left out where there is no room.
function placed(names, scale, width, size) {
  const taken = [], height = 1.15 * size;
  const apart = (one, other) => one.left > other.right || one.right < other.left || Math.abs(one.y - other.y) >= height;
  return names.flatMap(([name, x, y]) => {
    const half = 0.31 * size * name.length;
    for (const [side, steps] of [[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]]) {
      const center = Math.min(Math.max(x * scale + side * half, half + 2), width - half - 2);
      const line = Math.min(Math.max(y * scale + steps * height, height), width - 0.5 * size);
      const box = { left: center - half, right: center + half, y: line };
      if (!taken.every((other) => apart(box, other))) continue;
      taken.push(box);
      return [write(name, { x: center, y: line + 0.35 * size, "text-anchor": "middle", "font-size": size })];
    }
    return [];
  });
}
