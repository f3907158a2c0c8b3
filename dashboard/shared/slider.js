// One slider that moves panels in the browser: no message to the server. Read together with svg.js and slider_panels.js.

const NARROW = 700; // pixels; below, the panels stand one under another and share the slider above them
const THUMB = 16; // pixels
const MOVED = "feature-sieve-slide";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector("#slider"), text = JSON.stringify(data);
  if (root.view?.text === text) return;
  root.view?.close();
  root.view = new View(root, data, text);
}

// Where sliders of a group stand, for those that are drawn later.
const places = (document.slides ??= new Map());

class View {
  constructor(root, data, text) {
    Object.assign(this, { root, data, text, inputs: [] });
    const kept = places.get(data.group);
    this.at = kept?.start === data.start && kept.at < data.positions.length ? kept.at : data.start;
    this.panels = data.panels.map((panel) => new KINDS[panel.kind](panel, this));
    this.build();
    this.follow = ({ detail }) => detail.group === data.group && detail.at < data.positions.length && this.show(detail.at);
    window.addEventListener(MOVED, this.follow);
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
    this.draw();
  }

  close() {
    this.observer.disconnect();
    window.removeEventListener(MOVED, this.follow);
  }

  build() {
    const { root, data } = this;
    for (const [name, value] of Object.entries(data.look)) root.style.setProperty(`--${name}`, value);
    root.style.setProperty("--size", `${data.look.size}px`);
    const bar = document.querySelector('[data-testid="stHeader"]'); // of the page; none in a presentation
    root.style.setProperty("--top", `${bar?.offsetHeight ?? 0}px`);
    const along = this.panels.filter((panel) => panel.along);
    this.words = make("p", { "aria-live": "polite" });
    this.head = this.input(along.length > 0);
    root.classList.toggle("alone", !along.length);
    const pictures = make("div", { class: "pictures" }), panels = make("div", { class: "panels" });
    for (const panel of this.panels) {
      const above = panel.along ? [(panel.input = this.input(panel !== along[0], panel.data.title))] : [];
      const caption = make("figcaption", {}, panel.data.title);
      const figure = make("figure", { class: panel.data.kind }, caption, ...above, panel.svg);
      (panel.data.kind === "shots" ? pictures : panels).append(figure);
    }
    const line = make("div", { class: "line" }, this.words, ...(data.format ? [this.camera()] : []));
    const head = make("div", { class: "head" }, line, this.head);
    const stage = make("div", { class: "stage" }, ...[pictures, panels].filter((part) => part.hasChildNodes()));
    root.replaceChildren(head, stage);
  }

  camera() {
    const { file, format } = this.data, button = make("button", { type: "button" }, `Save as ${format.toUpperCase()}`);
    button.onclick = () => saved(this.picture(), file, format);
    return button;
  }

  // A real slider. Of several that do the same, one is enough for the keyboard and for a screen reader.
  input(again, of = "") {
    const { data } = this, name = of ? `${data.label}, ${of}` : data.label;
    const input = make("input", { type: "range", min: 0, max: data.positions.length - 1, step: 1, "aria-label": name });
    if (again) set(input, { tabindex: -1, "aria-hidden": "true" });
    input.oninput = () => this.move(Number(input.value));
    this.inputs.push(input);
    return input;
  }

  move(at) {
    const { data } = this;
    places.set(data.group, { start: data.start, at });
    window.dispatchEvent(new CustomEvent(MOVED, { detail: { group: data.group, at } }));
  }

  show(at) {
    this.at = at;
    const { data } = this, name = `${data.prefix}${data.positions[at]}`;
    for (const input of this.inputs) {
      input.value = at;
      input.setAttribute("aria-valuetext", name);
    }
    this.words.replaceChildren(make("b", {}, name), ` ${data.sentences[at]}`);
    for (const panel of this.panels) if (panel.wide) panel.move(at); // not one that has had no room to be drawn in yet
  }

  // Everything that depends on the width.
  draw() {
    const narrow = this.root.clientWidth < NARROW, first = this.panels.find((panel) => panel.along);
    this.root.classList.toggle("narrow", narrow);
    // Of the sliders that are seen, the first takes the keyboard.
    if (first) for (const [input, seen] of [[this.head, narrow], [first.input, !narrow]]) reachable(input, seen);
    for (const panel of this.panels) {
      if (!panel.svg.clientWidth) continue;
      panel.draw(panel.svg.clientWidth);
      if (panel.along) aligned(panel.input, panel);
    }
    if (first && narrow) aligned(this.head, first);
    this.show(this.at);
  }

  // The panels as one SVG that stands alone.
  picture() {
    const { data, panels } = this, { size, background, text } = data.look, margin = 1.2 * size, head = 3.4 * size;
    const width = panels.reduce((sum, panel) => sum + panel.wide + margin, margin);
    const height = Math.max(...panels.map((panel) => panel.high)) + head + 3 * size;
    const out = draw("svg", { width, height, "font-family": "sans-serif", "font-size": size });
    out.append(draw("rect", { width, height, fill: background }));
    let left = margin;
    for (const panel of panels) {
      const body = draw("g", { transform: `translate(0 ${1.2 * size})` }, ...panel.svg.cloneNode(true).children);
      const title = write(panel.data.title, { y: size, fill: text, "font-weight": "bold" });
      out.append(draw("g", { transform: `translate(${left} ${size})` }, title, body));
      left += panel.wide + margin;
    }
    out.append(write(this.words.textContent, { x: margin, y: height - size, fill: text }));
    return out;
  }
}

function reachable(input, seen) {
  input.tabIndex = seen ? 0 : -1;
  input.toggleAttribute("aria-hidden", false);
  if (!seen) input.setAttribute("aria-hidden", "true");
}

// The middle of the thumb stands over the positions of a panel.
function aligned(input, panel) {
  const [left, right] = [panel.x(0), panel.x(panel.last)];
  Object.assign(input.style, { marginLeft: `${left - THUMB / 2}px`, width: `${right - left + THUMB}px` });
}
