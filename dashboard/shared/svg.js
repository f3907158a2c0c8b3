// The few words in which elements are made, and pictures are taken away. Names come from outside: they are text only.

const NS = "http://www.w3.org/2000/svg";

// Offer an SVG as a file, in the format "svg" or "png".
async function saved(svg, file, format) {
  const url = URL.createObjectURL(new Blob([new XMLSerializer().serializeToString(svg)], { type: "image/svg+xml" }));
  if (format === "svg") return offer(url, `${file}.svg`);
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = make("canvas", { width: 2 * image.width, height: 2 * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  offer(canvas.toDataURL("image/png"), `${file}.png`);
  URL.revokeObjectURL(url);
}

function offer(href, download) {
  make("a", { href, download }).click();
}

function make(tag, attributes = {}, ...children) {
  const element = set(document.createElement(tag), attributes);
  element.append(...children);
  return element;
}

function draw(tag, attributes = {}, ...children) {
  const element = set(document.createElementNS(NS, tag), attributes);
  element.append(...children);
  return element;
}

function write(words, attributes, tag = "text") {
  return draw(tag, attributes, words);
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
