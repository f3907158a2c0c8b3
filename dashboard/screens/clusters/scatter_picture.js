// The maps as a picture to take away.

const MARGIN = 1.2; // letter sizes

// The panels as one SVG that stands alone, the key below them.
function picture({ data, panels, scale }) {
  const { size, background, text, muted } = data.look, side = SPAN * scale, margin = MARGIN * size;
  const columns = Math.min(data.columns, panels.length), high = side + 5.4 * size;
  const width = columns * (side + margin) + margin, height = Math.ceil(panels.length / columns) * high + 3 * margin;
  const out = draw("svg", { width, height, "font-family": "sans-serif", "font-size": size });
  out.append(draw("rect", { width, height, fill: background }));
  panels.forEach(({ panel, svg }, i) => {
    const [left, top] = [margin + (i % columns) * (side + margin), margin + Math.floor(i / columns) * high];
    const place = draw("g", { transform: `translate(${left} ${top})` });
    const body = draw("g", { transform: `translate(0 ${4.6 * size})` });
    body.append(...svg.cloneNode(true).children);
    const halo = { fill: text, stroke: background, "stroke-width": 3, "paint-order": "stroke" };
    for (const name of body.querySelectorAll("text")) set(name, halo);
    const title = write(panel.title, { y: size, fill: text, "font-weight": "bold" });
    const lines = panel.says.split("; ");
    const said = lines.map((words, i) => write(words, { y: (2.4 + 1.3 * i) * size, fill: muted }));
    place.append(title, ...said, body);
    out.append(place);
  });
  const key = write("", { x: margin, y: height - margin, fill: muted });
  for (const { name, color } of data.groups) key.append(write("■ ", { fill: color }, "tspan"), `${name}   `);
  key.append(data.shapes);
  out.append(key);
  return out;
}

// A data address as a file.
function unpacked(address) {
  const [head, body] = address.split(",");
  return new Blob([Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))], { type: head.slice(5).split(";")[0] });
}

function swatch(color) {
  const dot = make("span", { class: "swatch" });
  dot.style.background = color;
  return dot;
}
