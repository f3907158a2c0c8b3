const GAP = 8; // pixels between a twin and its words
const SMALL = 128; // pixels; below, a phone has room for two groups in a row

const made = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text) element.textContent = text;
  return element;
};

const picture = (tile, grow) => {
  const element = tile.source ? made("img") : made("div", "nothing", tile.nothing);
  if (tile.source) {
    element.src = tile.source;
    element.alt = tile.alt;
  }
  const side = grow ? `max(${tile.side}px, round(down, min(14vw, 27vh), ${grow}px))` : `${tile.side}px`;
  element.style.width = element.style.height = side;
  return element;
};

const figure = (tile, width = tile.side, grow = 0) => {
  const element = made("figure");
  const caption = made("figcaption");
  for (const line of tile.lines) caption.append(made("div", "", line));
  caption.style.width = `${width}px`;
  element.append(picture(tile, grow), caption);
  return element;
};

const group = (item, colors, table, grow) => {
  const element = made("div", `group${item.beside ? " beside" : item.tiles[0].side <= SMALL ? " small" : ""}`);
  const heading = made("div", "heading");
  const title = item.link ? made("a", "", item.title) : made("span", "", item.title);
  if (item.link) {
    title.href = item.link;
    title.target = "_self";
  }
  if (item.mark) {
    const mark = made("span", "", item.mark === "robust" ? "● " : "▲ ");
    mark.style.color = colors[item.mark];
    heading.append(mark);
  }
  heading.append(title);
  element.append(heading, figure(item.tiles[0], undefined, grow));
  const twins = made("div", "twins");
  // In a table the words of a twin stand beside it, in what the picture above leaves them.
  const left = table ? (tile) => Math.max(tile.side, item.tiles[0].side - tile.side - GAP) : (tile) => tile.side;
  twins.append(...item.tiles.slice(1).map((tile) => figure(tile, left(tile))));
  element.append(twins);
  return element;
};

export default function ({ data, parentElement }) {
  const rows = data.rows.map((row) => {
    const section = made("section");
    const groups = made("div", data.columns ? "table" : "groups");
    groups.style.setProperty("--columns", data.columns);
    groups.append(...row.groups.map((item) => group(item, data.colors, data.columns > 0, data.grow)));
    if (row.title) section.append(made("h4", "", row.title));
    section.append(groups);
    return section;
  });
  parentElement.querySelector("#gallery").replaceChildren(...rows);
}
