// What stands beside the maps: the selected images, how many of each class, and where each opens.

const SHOWN = 40; // images before "more"
const THUMBNAIL = 48; // pixels

function told(view, single) {
  const { chosen, data } = view;
  if (!chosen.length) return [make("h4", {}, "Nothing selected"), make("p", { class: "note" }, data.help)];
  const images = [...new Set(chosen.map((p) => data.image[p]))];
  const about = single ? aboutOne(view, images[0]) : aboutMany(view, images);
  if (!data.pictures && single) return about;
  return [...about, thumbnails(view, images), ...(data.pictures ? [make("p", { class: "note" }, data.opens)] : [])];
}

// What each side says of one image, clean and attacked.
function aboutOne(view, image) {
  const { data } = view, rows = data.panels.flatMap((panel) => {
    const [clean, attacked] = view.ofImage(image).map((p) => data.classes[panel.predicted[p]] ?? "nothing: no channel");
    const says = clean === attacked ? `${clean}, attacked too` : `${clean}; attacked ${attacked}`;
    return [make("dt", {}, panel.short), make("dd", {}, says)];
  });
  return [make("h4", {}, `Image ${image}: ${className(data, image)}`), make("dl", {}, ...rows)];
}

function aboutMany(view, images) {
  const { chosen, data } = view, counts = new Map();
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
  const said = `${chosen.length - attacked} clean, ${attacked} attacked points, by class:`;
  return [make("h4", {}, `${images.length} images`), make("p", { class: "note" }, said), make("table", {}, ...rows)];
}

function thumbnails(view, images) {
  const { data } = view, shown = view.all ? images : images.slice(0, SHOWN), box = make("div", { class: "images" });
  box.classList.toggle("one", images.length === 1);
  box.append(...shown.map((image) => {
    const says = `image ${image}: ${className(data, image)}`;
    const words = make("span", { class: "words" }, `${image} ${className(data, image)}`);
    const link = { href: `${data.link}&image=${image}`, target: "_blank", rel: "noopener", title: says };
    return make("a", link, data.pictures ? thumbnail(data, image, says) : words);
  }));
  if (shown.length < images.length) {
    const more = make("button", { type: "button" }, `${images.length - shown.length} more`);
    more.onclick = () => { view.all = true; view.select(); };
    box.append(more);
  }
  return box;
}

// One tile of the sheet that holds every image.
function thumbnail(data, image, says) {
  const column = image % data.pictures.columns, row = Math.floor(image / data.pictures.columns);
  const picture = make("span", { class: "thumbnail", role: "img", "aria-label": says });
  picture.style.backgroundPosition = `${-THUMBNAIL * column}px ${-THUMBNAIL * row}px`;
  return picture;
}

function className(data, image) {
  return data.classes[data.label[image]];
}
