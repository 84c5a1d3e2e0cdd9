// What every drawn chart has in common: one name for the whole picture. The marks' labels would be read out one by
// one, so they become data; the words are in the slider over the chart and in the table under it.

/**
 * @param {Element} svg
 * @param {string} label
 */
export function nameChart(svg, label) {
  for (const mark of svg.querySelectorAll("[aria-label]")) {
    mark.setAttribute("data-mark", mark.getAttribute("aria-label") ?? "");
    mark.removeAttribute("aria-label");
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
}

const PHONE = 480;

/**
 * The height of a chart over time; less on a phone, whose page is long enough.
 * @param {number} width in pixels
 */
export const chartHeight = (width) => (width < PHONE ? 200 : 300);

/**
 * A scale of a drawn chart, as plain functions of what it draws.
 * @param {import("@observablehq/plot").Plot} chart
 * @param {"x" | "y"} name
 */
export function scaleOf(chart, name) {
  const scale = chart.scale(name);
  if (!scale) throw new Error(`the chart has no scale ${name}`);
  /** @type {(value: any) => number} */
  const place = (value) => scale.apply(value);
  return { place, bandwidth: scale.bandwidth ?? 0, range: /** @type {number[]} */ ([...(scale.range ?? [])]) };
}
