// Maps of the same points side by side, drawn and picked from in the browser: no message to the server in between.
// Names come from outside; they enter the page as text only.

const NS = "http://www.w3.org/2000/svg";
const SPAN = 4000; // coordinates run from 0 to this, downwards
const NEAR = 12; // pixels from a click to the point it means
const SHOWN = 60; // images beside the map before "more"
const DOT = 2.1, DIAMOND = 2.7; // pixels

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector("#scatter");
  const before = root.view;
  before?.close();
  root.view = new View(root, data, before, (image) => setTriggerValue("picked", image));
}

class View {
  constructor(root, data, before, tell) {
    Object.assign(this, { root, data, tell, sent: before?.sent, all: false, drawn: [] });
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

  close() {
    this.observer.disconnect();
    this.tip.remove();
  }

  ofImage(image) {
    return this.points((p) => this.data.image[p] === image);
  }

  points(wanted) {
    return [...this.data.image.keys()].filter(wanted);
  }

  build() {
    const { root, data } = this, style = { ...data.look, size: `${data.look.size}px`, columns: data.columns };
    for (const [name, value] of Object.entries(style)) root.style.setProperty(`--${name}`, value);
    root.className = data.picks ? "picks" : "";
    const main = make("div");
    this.maps = make("div", { class: "maps" });
    this.panels = data.panels.map((panel, number) => this.panel(panel, number));
    this.maps.append(...this.panels.map((panel) => panel.figure));
    main.append(this.key(), this.maps);
    this.aside = make("aside", { "aria-live": "polite", "aria-label": "What is selected" });
    this.tip = make("div", { id: "tip", hidden: "" });
    root.replaceChildren(main, ...(data.picks ? [this.aside] : []), this.tip);
  }

  key() {
    const { data } = this, key = make("div", { class: "key" });
    for (const [g, group] of data.groups.entries()) {
      const item = make(data.picks ? "button" : "span", { type: "button" }, swatch(group.color), group.name);
      item.onclick = () => this.pick(this.points((p) => data.group[p] === g));
      key.append(item);
    }
    const save = make("button", { type: "button", class: "picture" }, `Save as ${data.format.toUpperCase()}`);
    save.onclick = () => this.save();
    key.append(make("span", { class: "note" }, "● clean  ◇ attacked"), save);
    return key;
  }

  panel(panel, number) {
    const svg = draw("svg", { role: "img", "aria-label": `${panel.title}. ${panel.says}`, tabindex: this.data.picks ? 0 : -1 });
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
    const everything = [...this.data.image.keys()];
    for (const it of this.panels) {
      it.svg.setAttribute("viewBox", `0 0 ${width} ${width}`);
      const others = this.data.context ? this.panels.filter((other) => other !== it) : [];
      const d = others.map((other) => this.path(other.panel, everything.filter((p) => !this.data.attacked[p]), false)).join("");
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
    svg.onkeydown = (event) => this.pressed(event);
  }

  pressed(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key], count = Math.max(...this.data.image) + 1;
    if (event.key === "Escape") this.pick([]);
    if (!step) return;
    event.preventDefault();
    const now = this.chosen.length ? this.data.image[this.chosen[0]] : this.data.chosen;
    this.one((now + step + count) % count);
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
    const outline = { d: `M${line.join("L")}z`, fill: color, "fill-opacity": 0.08, stroke: color, "stroke-dasharray": "4 3" };
    layer.replaceChildren(...(line.length > 1 ? [draw("path", outline)] : []));
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
    if (data.picks) this.aside.replaceChildren(...this.told(single));
  }

  // From the clean point of one image to its attacked one, each in a ring.
  trail(panel) {
    const color = this.data.look.text, places = this.chosen.map((p) => [panel.x[p] * this.scale, panel.y[p] * this.scale]);
    const rings = places.map(([cx, cy]) => draw("circle", { cx, cy, r: 7, fill: "none", stroke: color, "stroke-width": 1.5 }));
    return [draw("path", { d: `M${places.join("L")}`, stroke: color, "stroke-dasharray": "2 3", fill: "none" }), ...rings];
  }

  told(single) {
    const { chosen, data } = this;
    if (!chosen.length) return [make("h4", {}, "Nothing selected"), make("p", { class: "note" }, data.help)];
    const images = [...new Set(chosen.map((p) => data.image[p]))];
    const parts = single ? this.aboutOne(images[0]) : this.aboutMany(images);
    return [...parts, this.thumbnails(images), make("p", { class: "note" }, data.pictures ? data.opens : data.absent)];
  }

  aboutOne(image) {
    const { data } = this, rows = this.panels.map(({ panel }) => {
      const says = this.ofImage(image).map((p) => make("td", {}, data.classes[panel.predicted[p]]));
      return make("tr", {}, make("th", {}, panel.short), ...says);
    });
    const head = make("tr", {}, ...["say", "●\u00a0clean", "◇\u00a0attacked"].map((text) => make("th", {}, text)));
    return [make("h4", {}, `Image ${image}: ${data.classes[data.label[image]]}`), make("table", {}, head, ...rows)];
  }

  aboutMany(images) {
    const { chosen, data } = this, counts = new Map();
    for (const image of images) counts.set(data.label[image], (counts.get(data.label[image]) ?? 0) + 1);
    const most = Math.max(...counts.values()), order = [...counts].sort((a, b) => b[1] - a[1]);
    const rows = order.map(([label, count]) => {
      const bar = make("div", { class: "bar" });
      bar.style.width = `${(100 * count) / most}%`;
      bar.style.background = data.colors[label % data.colors.length];
      const name = make("td", { class: "name" }, data.classes[label]);
      return make("tr", {}, name, make("td", {}, bar), make("td", { class: "count" }, String(count)));
    });
    const attacked = chosen.filter((p) => data.attacked[p]).length;
    const said = `${chosen.length - attacked} clean and ${attacked} attacked points, by class of their images:`;
    return [make("h4", {}, `${images.length} images`), make("p", { class: "note" }, said), make("table", {}, ...rows)];
  }

  thumbnails(images) {
    const { data } = this, shown = this.all ? images : images.slice(0, SHOWN), box = make("div", { class: "images" });
    box.append(...shown.map((image) => {
      const says = `image ${image}: ${data.classes[data.label[image]]}`;
      const link = make("a", { href: `${data.link}&image=${image}`, target: "_blank", rel: "noopener", title: says });
      link.append(data.pictures ? this.thumbnail(image, says) : make("span", { class: "words" }, `${image} ${data.classes[data.label[image]]}`));
      return link;
    }));
    if (shown.length < images.length) {
      const more = make("button", { type: "button" }, `${images.length - shown.length} more`);
      more.onclick = () => { this.all = true; this.select(); };
      box.append(more);
    }
    return box;
  }

  thumbnail(image, says) {
    const { source, columns, rows } = this.data.pictures;
    const picture = make("span", { class: "thumbnail", role: "img", "aria-label": says });
    Object.assign(picture.style, {
      backgroundImage: `url(${source})`, backgroundSize: `${48 * columns}px ${48 * rows}px`,
      backgroundPosition: `${-48 * (image % columns)}px ${-48 * Math.floor(image / columns)}px`,
    });
    return picture;
  }

  hover(event, point) {
    this.tip.hidden = point === null;
    if (point === null) return;
    const { data } = this, image = data.image[point], name = data.classes[data.label[image]];
    const says = `image ${image}: ${name}, ${data.attacked[point] ? "attacked" : "clean"}`;
    this.tip.replaceChildren(...(data.pictures ? [this.thumbnail(image, name)] : []), says);
    const left = Math.min(event.clientX + 14, innerWidth - this.tip.offsetWidth - 8);
    Object.assign(this.tip.style, { left: `${left}px`, top: `${event.clientY + 14}px` });
  }

  async save() {
    const text = this.picture(), url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
    const { format, file } = this.data;
    if (format === "svg") return offer(url, `${file}.svg`);
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = make("canvas", { width: 2 * image.width, height: 2 * image.height });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    offer(canvas.toDataURL("image/png"), `${file}.png`);
  }

  // The panels as one SVG that stands alone.
  picture() {
    const { data, panels } = this, { size, background, text, muted } = data.look, side = SPAN * this.scale;
    const head = 3.4 * size, columns = Math.min(data.columns, panels.length), rows = Math.ceil(panels.length / columns);
    const [width, height] = [columns * (side + size), rows * (side + head + size)];
    const out = draw("svg", { xmlns: NS, width, height, "font-family": "sans-serif", "font-size": size });
    out.append(draw("rect", { width, height, fill: background }));
    for (const { panel, svg, number } of panels) {
      const place = draw("g", { transform: `translate(${(number % columns) * (side + size)} ${Math.floor(number / columns) * (side + head + size)})` });
      const line = (words, y, more) => Object.assign(draw("text", { x: 4, y: y * size, fill: text, ...more }), { textContent: words });
      const body = draw("g", { transform: `translate(0 ${head})`, stroke: "none" });
      body.append(...[...svg.cloneNode(true).children].filter((layer) => !layer.classList.contains("lasso")));
      for (const name of body.querySelectorAll("text")) name.setAttribute("fill", text);
      place.append(line(panel.title, 1.2, { "font-weight": "bold" }), line(panel.says, 2.6, { fill: muted }), body);
      out.append(place);
    }
    return new XMLSerializer().serializeToString(out);
  }
}

// Names at their places, moved up or down where they would cover one another; left out where there is no room.
function placed(names, scale, width, size) {
  const taken = [], height = 1.15 * size;
  const free = (box) => taken.every((other) => box[0] > other[1] || box[1] < other[0] || Math.abs(box[2] - other[2]) >= height);
  return names.flatMap(([name, x, y]) => {
    const half = 0.31 * size * name.length, center = Math.min(Math.max(x * scale, half + 2), width - half - 2);
    for (const steps of [0, -1, 1, -2, 2]) {
      const line = Math.min(Math.max(y * scale + steps * height, height), width - 4), box = [center - half, center + half, line];
      if (!free(box)) continue;
      taken.push(box);
      const label = draw("text", { x: center, y: line + 0.35 * size, "text-anchor": "middle", "font-size": size });
      label.textContent = name;
      return [label];
    }
    return [];
  });
}

function swatch(color) {
  const dot = make("span", { class: "swatch" });
  dot.style.background = color;
  return dot;
}

function offer(href, download) {
  make("a", { href, download }).click();
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

function draw(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
