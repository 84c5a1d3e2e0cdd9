// Walking along a chart with the pointer or the arrow keys: a rule under the place, a note beside it, and the same
// said to a screen reader. The layer lies over the chart as one slider.

/**
 * `places` are the x of each step in pixels of the drawn width; `say(i)` is one sentence; `note(i)` the note's nodes.
 * `box` gives the chart's inner top and bottom in pixels.
 */
function walkable(chart, { label, places, width, box, say, note }) {
  const rule = make("div", { class: "rule", hidden: true });
  const tip = make("div", { class: "tip", hidden: true });
  const layer = make("div", {
    class: "pointer",
    tabindex: "0",
    role: "slider",
    "aria-label": label,
    "aria-valuemin": "0",
    "aria-valuemax": String(places.length - 1),
  });
  let at = places.length - 1;

  const name = () => {
    layer.setAttribute("aria-valuenow", String(at));
    layer.setAttribute("aria-valuetext", say(at));
  };

  const hide = () => {
    rule.hidden = true;
    tip.hidden = true;
  };

  const show = (step) => {
    at = Math.max(0, Math.min(places.length - 1, step));
    name();
    const ratio = layer.clientWidth / width;
    const x = places[at] * ratio;
    rule.hidden = false;
    rule.style.left = `${x}px`;
    rule.style.top = `${box.top * ratio}px`;
    rule.style.height = `${(box.bottom - box.top) * ratio}px`;
    tip.replaceChildren(...note(at));
    tip.hidden = false;
    const room = layer.clientWidth - tip.offsetWidth;
    const left = x > layer.clientWidth / 2 ? x - tip.offsetWidth - 12 : x + 12;
    tip.style.left = `${Math.max(0, Math.min(room, left))}px`;
  };

  const nearest = (x) => {
    const target = (x / layer.clientWidth) * width;
    let best = 0;
    places.forEach((place, step) => {
      if (Math.abs(place - target) < Math.abs(places[best] - target)) best = step;
    });
    return best;
  };

  const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7 };
  layer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    if (event.key in STEPS) show(at + STEPS[event.key]);
    else if (event.key === "Home") show(0);
    else if (event.key === "End") show(places.length - 1);
    else return;
    event.preventDefault();
  });
  layer.addEventListener("pointermove", (event) => show(nearest(event.offsetX)));
  layer.addEventListener("pointerdown", (event) => show(nearest(event.offsetX)));
  layer.addEventListener("pointerleave", hide);
  layer.addEventListener("focus", () => show(at));
  layer.addEventListener("blur", hide);
  name();
  chart.append(layer, rule, tip);
}

/** A line of a note: a name on the left, a figure on the right. */
const noteLine = (name, figure, mark = null) => make("p", {}, make("span", {}, mark, name), make("b", {}, figure));
