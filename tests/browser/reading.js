// Every visible piece of text. Text of charts lies in SVG, text of components in shadow trees; what is shut, clipped
// away or transparent is not seen.
() => {
  const found = [];
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const keys = (element) => {
    const names = [];
    for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
      names.push(...[...at.classList].filter((name) => name.startsWith("st-key-")));
    }
    return names.join(" ");
  };
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) {
      const text = node.data.trim(), element = node.parentElement ?? node.getRootNode().host;
      if (!text || !element || ["STYLE", "SCRIPT", "TEXTAREA"].includes(element.tagName) || !seen(element)) return;
      const range = document.createRange();
      range.selectNodeContents(node);
      const box = range.getBoundingClientRect();
      if (box.width < 2 || box.height < 2) return;
      const style = getComputedStyle(element);
      found.push({
        text, left: box.left, top: box.top, right: box.right, bottom: box.bottom,
        size: parseFloat(style.fontSize), chart: Boolean(element.closest("svg")), tag: element.tagName.toLowerCase(),
        key: keys(element), icon: Boolean(element.closest('[data-testid="stIconMaterial"]')),
      });
    } else if (!(node instanceof HTMLCanvasElement)) {
      for (const child of (node.shadowRoot ?? node).childNodes) walk(child);
    }
  };
  walk(document.querySelector('[data-testid="stMainBlockContainer"]'));
  return found;
}
