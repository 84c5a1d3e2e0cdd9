// Walking along a chart with the pointer or the arrow keys: a rule at the place, a note next to it, and the same words
// for a screen reader. The layer lies over the chart as one slider.

import { make } from "./elements.js";

/**
 * @typedef {object} Navigation
 * @property {string} label
 * @property {number[]} places the x of each step in pixels of the drawn width
 * @property {number} width of the drawn chart
 * @property {{ top: number, bottom: number }} box the chart's inner top and bottom in pixels
 * @property {(step: number) => string} say one sentence on a step
 * @property {(step: number) => Node[]} note the nodes of a step's note
 * @property {(step: number) => void} [choose] what Enter or a press on a step leads to
 */

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -7, PageUp: 7 };

/**
 * The place that is nearest to `x`; of two as near, the first.
 * @param {number[]} places
 * @param {number} x
 */
export function nearestStep(places, x) {
  let best = 0;
  places.forEach((place, step) => {
    if (Math.abs(place - x) < Math.abs(places[best] - x)) best = step;
  });
  return best;
}

/**
 * The step that a key leads to from `step`, or null where the key has no meaning here.
 * @param {string} key
 * @param {number} step
 * @param {number} last
 */
export function stepAfterKey(key, step, last) {
  if (key === "Home") return 0;
  if (key === "End") return last;
  return key in STEPS ? Math.max(0, Math.min(last, step + STEPS[key])) : null;
}

/**
 * Lays the slider over `chart`.
 * @param {Element} chart
 * @param {Navigation} navigation
 */
export function makeNavigable(chart, { label, places, width, box, say, note, choose }) {
  const last = places.length - 1;
  const rule = make("div", { class: "rule", hidden: true });
  const tip = make("div", { class: "tip", hidden: true });
  const layer = make("div", {
    class: "pointer",
    tabindex: "0",
    role: "slider",
    "aria-label": label,
    "aria-valuemin": "0",
    "aria-valuemax": String(last),
  });
  let at = last;

  const announce = () => {
    layer.setAttribute("aria-valuenow", String(at));
    layer.setAttribute("aria-valuetext", say(at));
  };

  const hide = () => {
    rule.hidden = true;
    tip.hidden = true;
  };

  /** @param {number} step */
  const show = (step) => {
    at = step;
    announce();
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

  /** @param {PointerEvent} event */
  const point = (event) => show(nearestStep(places, (event.offsetX / layer.clientWidth) * width));

  layer.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    if (choose && (event.key === "Enter" || event.key === " ")) {
      event.preventDefault();
      return choose(at);
    }
    const step = stepAfterKey(event.key, at, last);
    if (step === null) return;
    show(step);
    event.preventDefault();
  });
  layer.addEventListener("pointermove", point);
  layer.addEventListener("pointerdown", point);
  layer.addEventListener("pointerleave", hide);
  if (choose)
    layer.addEventListener("click", ({ offsetX }) =>
      choose(nearestStep(places, (offsetX / layer.clientWidth) * width)),
    );
  layer.addEventListener("focus", () => show(at));
  layer.addEventListener("blur", hide);
  announce();
  chart.append(layer, rule, tip);
}

/**
 * A line of a note: a name on the left, a figure on the right.
 * @param {string} name
 * @param {string} figure
 * @param {Node | null} [mark]
 */
export const noteLine = (name, figure, mark = null) =>
  make("p", {}, make("span", {}, mark, name), make("b", {}, figure));
