// Text that a reader cannot see whole, as one sentence each: cut off by what holds it, beyond the window, overlapping
// another text of the same chart, or in a box that scrolls sideways without being made for it.
(scrolls) => {
  const faults = [], boxes = new Map(), SLACK = 2;
  const parent = (node) => node.parentElement ?? node.getRootNode().host ?? null;
  const seen = (one) => one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const named = (one) => {
    for (let at = one; at; at = parent(at)) {
      const key = [...at.classList].find((name) => name.startsWith("st-key-"));
      if (key) return key;
    }
    return one.tagName.toLowerCase();
  };
  const meant = (one) => one.closest(scrolls) || (one.getRootNode().host && meant(one.getRootNode().host));
  const say = (what, text, one) => faults.push(`${what}: “${text.slice(0, 60)}” in ${named(one)}`);

  const clipped = (text, box, element) => {
    for (let at = element; at; at = parent(at)) {
      const style = getComputedStyle(at), around = at.getBoundingClientRect();
      if (around.width < 2 || around.height < 2) return;  // only for screen readers
      const [x, y] = [style.overflowX, style.overflowY];
      if (["auto", "scroll"].includes(x) && at.scrollWidth > at.clientWidth + SLACK) return;  // told of below
      if (["hidden", "clip"].includes(x) && (box.left < around.left - SLACK || box.right > around.right + SLACK)) {
        return say("cut at the side", text, element);
      }
      if (["auto", "scroll"].includes(y) && at.scrollHeight > at.clientHeight + SLACK) return;
      if (["hidden", "clip"].includes(y) && (box.top < around.top - SLACK || box.bottom > around.bottom + SLACK)) {
        return say("cut above or below", text, element);
      }
    }
    if (box.left < -SLACK || box.right > innerWidth + SLACK) say("beyond the window", text, element);
  };

  // Letters fill three fifths of the height of their box. Slanted ones overlap only where no line lies between them.
  const corners = (element, box) => {
    const matrix = element.getScreenCTM(), fifth = (length) => length / 5;
    if (Math.abs(matrix.b) < 1e-6) {
      const [top, bottom] = [box.top + fifth(box.height), box.bottom - fifth(box.height)];
      return [[box.left, top], [box.right, top], [box.right, bottom], [box.left, bottom]].map(([x, y]) => ({ x, y }));
    }
    const { x, y, width, height } = element.closest("text").getBBox(), low = y + fifth(height), high = y + 4 * fifth(height);
    return [[x, low], [x + width, low], [x + width, high], [x, high]].map(
      ([left, top]) => new DOMPoint(left, top).matrixTransform(matrix));
  };
  const apart = (a, b) => [a, b].some((shape) => [0, 1].some((side) => {
    const [from, to] = [shape[side], shape[side + 1]], length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const along = (one) => one.map(({ x, y }) => (x * (to.x - from.x) + y * (to.y - from.y)) / length);
    const [mine, other] = [along(a), along(b)];
    return Math.min(Math.max(...mine), Math.max(...other)) - Math.max(Math.min(...mine), Math.min(...other)) < SLACK;
  }));

  const read = (node) => {
    const text = node.data.trim(), element = parent(node);
    if (!text || ["STYLE", "SCRIPT", "TEXTAREA", "TITLE", "DESC"].includes(element.tagName.toUpperCase())) return;
    if (!seen(element)) return;
    const range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) return;
    const air = element.closest("svg") ? box.height / 5 : 0;  // above and below the letters
    clipped(text, { left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air }, element);
    const chart = element.closest(".js-plotly-plot") ?? element.closest("svg");
    if (chart && element.closest("svg")) boxes.set(chart, [...(boxes.get(chart) ?? []), [text, corners(element, box), element]]);
  };

  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) return read(node);
    if (node instanceof HTMLCanvasElement) return;
    if (node instanceof Element && seen(node)) {
      const sideways = ["auto", "scroll"].includes(getComputedStyle(node).overflowX);
      const wide = node.clientWidth > 0 && node.scrollWidth > node.clientWidth + SLACK;
      if (wide && sideways && !meant(node)) say("scrolls sideways", node.textContent.trim(), node);
      if (wide && node.tagName === "INPUT") say("cut in its field", node.value, node);
    }
    for (const child of (node.shadowRoot ?? node).childNodes) walk(child);
  };
  walk(document.querySelector('[data-testid="stMain"]'));

  for (const texts of boxes.values()) {
    texts.forEach(([text, shape, element], i) => texts.slice(i + 1).forEach(([other, its, owner]) => {
      if (element.closest("text") !== owner.closest("text") && !apart(shape, its)) say("one over the other", `${text}” and “${other}`, element);
    }));
  }
  return faults;
}
