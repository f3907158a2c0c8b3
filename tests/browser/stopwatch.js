// Runs before any script of the page. `begin` looks at every frame from then on: `first` is when the first screen shows
// what is wanted, `all` when the whole page does and nothing changes for half a second. The same clock notes messages.
(() => {
  const IDLE = '[data-testid="stApp"][data-test-script-state="notRunning"]';
  const LATE = '[data-stale="true"], [data-testid="stSkeleton"]', HALF_A_SECOND = 500;
  const received = [], sent = [];
  const Plain = window.WebSocket;
  window.WebSocket = class extends Plain {
    constructor(...where) {
      super(...where);
      this.addEventListener("message", (message) =>
        received.push([performance.now(), message.data.size ?? message.data.byteLength ?? message.data.length]));
    }
    send(...what) { sent.push(performance.now()); return super.send(...what); }
  };
  const every = (what) => [...document.querySelectorAll(what)].filter((one) => one.checkVisibility());
  const above = (one) => one.getBoundingClientRect().top < innerHeight;
  const drawn = (chart) => chart.querySelector(".main-svg") !== null;
  const loaded = (image) => image.complete && image.naturalWidth > 0;
  const state = (what) => every(what).map((one) => one.currentSrc || one.textContent).join();
  const ready = (within) => !every(LATE).some(within) && every("main img, [data-testid=stMain] img").filter(within)
    .every(loaded) && every('[data-testid="stPlotlyChart"]').filter(within).every(drawn);
  const there = (want, before) => location.href.includes(want.address)
    && want.sees.every((what, i) => every(what).some((one) => (i || one.textContent.includes(want.says))
      && !one.closest('[data-stale="true"]')))
    && (!want.changes || state(want.changes) !== before) && ready(above);
  const still = (want) => (!want.foot || (document.querySelector(IDLE) && every(want.foot).length))
    && ready(() => true);
  const begin = (want, from, before) => new Promise((resolve) => {
    let first = null, since = null;
    const look = () => {
      const now = performance.now();
      if (first === null && there(want, before)) first = now;
      since = first !== null && still(want) ? since ?? now : null;
      if (since === null || now - since < HALF_A_SECOND) return requestAnimationFrame(look);
      const asked = sent.find((at) => at >= from) ?? from;
      const answered = received.filter(([at]) => at >= asked && at <= since);
      resolve({ first: first - from, all: since - from, messages: answered.length,
        server: answered.length ? answered.at(-1)[0] - asked : 0,
        bytes: answered.reduce((sum, [, size]) => sum + size, 0) });
    };
    requestAnimationFrame(look);
  });
  window.stopwatch = {
    sent, received, load: (want) => { stopwatch.result = begin(want, 0, ""); },
    arm: (want) => {
      const before = want.changes ? state(want.changes) : "";
      stopwatch.result = new Promise((resolve) => {
        const press = (event) => {
          if (event.type === "keydown" && !["Enter", " "].includes(event.key)) return;
          for (const kind of ["pointerdown", "keydown"]) removeEventListener(kind, press, true);
          begin(want, performance.now(), before).then(resolve);
        };
        for (const kind of ["pointerdown", "keydown"]) addEventListener(kind, press, true);
      });
    },
  };
})();
