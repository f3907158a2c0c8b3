// One image on its way through an attack. Names come from outside; they enter the page as text only. Read together
// with walk_chart.js.

const NS = "http://www.w3.org/2000/svg";

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector("#walk");
  const before = root.view;
  before?.close();
  root.view = new View(root, data, before);
}

class View {
  constructor(root, data, before) {
    Object.assign(this, { root, data, last: data.positions.length - 1 });
    const same = before && before.data.pictures.at(-1) === data.pictures.at(-1);
    this.build();
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(root);
    this.draw();
    this.go(same ? Math.min(before.at, this.last) : this.last);
  }

  close() {
    this.observer.disconnect();
  }

  build() {
    const { root, data } = this;
    const style = { ...data.look, size: `${data.look.size}px` };
    for (const [name, value] of Object.entries(style)) root.style.setProperty(`--${name}`, value);
    this.said = make("p", { class: "said", "aria-live": "polite" });
    this.images = data.captions.map(() => make("img"));
    const figures = this.images.map((image, i) => make("figure", {}, image, make("figcaption", {}, data.captions[i])));
    this.charts = data.panels.map((panel, number) => new Chart(this, panel, number));
    const panels = this.charts.map((chart) => chart.element);
    const parts = [make("div", { class: "pictures" }, ...figures), make("div", { class: "panels" }, ...panels)];
    root.replaceChildren(this.said, make("div", { class: "row" }, ...parts));
  }

  draw() {
    for (const chart of this.charts) chart.draw();
    if (this.at !== undefined) for (const chart of this.charts) chart.go(this.at);
  }

  // Everything stands at one position.
  go(at) {
    const { data } = this, where = data.positions[at];
    this.at = at;
    this.said.textContent = data.sentences[at];
    [data.pictures, data.differences].forEach((sources, i) => {
      this.images[i].src = sources[at];
      this.images[i].alt = `${data.captions[i]}, ${/\d/.test(where) ? `after step ${where}` : where}`;
    });
    for (const chart of this.charts) chart.go(at);
  }
}

function make(tag, attributes = {}, ...children) {
  const element = set(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

function draw(tag, attributes, words) {
  const element = set(document.createElementNS(NS, tag), attributes);
  if (words !== undefined) element.textContent = words;
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
