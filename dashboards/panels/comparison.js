// What changed between two months over the same days, as bars to both sides. The filters apply, the range does not.

import { nameChart } from "../static/js/charts.js";
import { comparisonOf, reasonOf, without } from "../static/js/comparable_spans.js";
import { offerTable } from "../static/js/data_table.js";
import { dayNumber } from "../static/js/days.js";
import { byId, make, part, setTitle } from "../static/js/elements.js";
import { compareNames, compareUnits, sumUnits } from "../static/js/facts.js";
import { absolute, money, percent, shortSpan, toNumber } from "../static/js/formats.js";
import { panel } from "../static/js/panels.js";
import { aloneText } from "../static/js/report.js";

/** @import { PanelInput, Row, Series, Span, TableText } from "../static/js/types.js" */
/** @import { Comparison } from "../static/js/comparable_spans.js" */

/**
 * The two runs of days that are compared, or a note on why none are.
 * @typedef {object} Windows
 * @property {[string, string]} [current]
 * @property {[string, string]} [previous]
 * @property {string} [month] the one before
 * @property {string} [note]
 */
/** @typedef {{ name: string, now: bigint, before: bigint, change: bigint }} Change */
/** @typedef {{ name: string, change: bigint, isRest?: boolean }} Bar */

const RISES = 5;
const FALLS = 4;

panel("comparison", renderComparison, {
  options: { compare: { values: ["model", "provider"], usual: "model" } },
});

/** @param {PanelInput} input */
function renderComparison({ report, state }) {
  const all = /** @type {Record<string, Windows> | undefined} */ (report.panels.comparison);
  const { current, previous, month, note } = all?.[state.kind] ?? {};
  byId("compare").hidden = !current;
  if (!current || !previous) {
    const why = note ?? "There are not two months with the same days yet.";
    showNothing(report.isAlone ? aloneText(report, why.replace(/\.$/, "")) : why);
    return;
  }
  const spans = { current: readSpan(current), previous: readSpan(previous) };
  const compared = comparisonOf(report, state, spans.current, spans.previous);
  if (compared.leftOut.length && !compared.isComparable) {
    const [source] = compared.leftOut;
    showNothing(`Nothing to compare with yet: ${source.name} is ${reasonOf(report, source)}.`);
    return;
  }
  const leftOut = compared.leftOut.length ? `, ${without(report, compared.leftOut)}` : "";
  const days = `${shortSpan(...spans.current)} against ${shortSpan(...spans.previous)}`;
  setTitle("comparison", comparisonTitle(compared, month ?? ""), `${days}, complete days only${leftOut}`);
  const byModel = state.options.compare === "model";
  const changes = changesBy(byModel ? modelLabel : (series) => series.provider, compared.now, compared.before);
  if (!changes.length) {
    showEmpty("Nothing changed over these days.");
    return;
  }
  drawChart(part("comparison", ".chart"), barsOf(changes));
  const table = () => changeTable(byModel ? "Model" : "Provider", changes);
  offerTable(part("comparison", ".data-table"), "Month over month", table);
}

/**
 * @param {[string, string]} days
 * @returns {Span}
 */
const readSpan = ([first, last]) => [dayNumber(first), dayNumber(last)];

/** @param {string} why */
function showNothing(why) {
  setTitle("comparison", "Month over month", "");
  showEmpty(why);
}

/** @param {string} why */
function showEmpty(why) {
  part("comparison", ".chart").replaceChildren(make("p", { class: "empty" }, why));
  part("comparison", ".data-table").replaceChildren();
}

/**
 * @param {string} dimension
 * @param {Change[]} changes
 * @returns {TableText}
 */
function changeTable(dimension, changes) {
  const figures = ["Before", "Now", "Change"].map((name) => ({ name, number: true }));
  const rows = changes.map(({ name, before, now, change }) => [
    name,
    money(before),
    money(now),
    money(change, { signed: true }),
  ]);
  return { columns: [{ name: dimension }, ...figures], rows };
}

/**
 * @param {Pick<Comparison, "now" | "before">} compared
 * @param {string} month the one before
 */
export function comparisonTitle(compared, month) {
  const [now, before] = [sumUnits(compared.now), sumUnits(compared.before)];
  const change = now - before;
  if (change === 0n) return `Level with ${month}`;
  const share = before > 0n ? ` (${percent(toNumber(change) / toNumber(before), { signed: true })})` : "";
  return `${change > 0n ? "Up" : "Down"} ${money(absolute(change))}${share} on ${month}`;
}

/**
 * Every name with a change, the largest rise first.
 * @param {(series: Series) => string} nameOf
 * @param {Row[]} current
 * @param {Row[]} previous
 * @returns {Change[]}
 */
export function changesBy(nameOf, current, previous) {
  /** @type {Map<string, { name: string, now: bigint, before: bigint }>} */
  const names = new Map();
  /** @type {(rows: Row[], side: "now" | "before") => void} */
  const add = (rows, side) => {
    for (const row of rows) {
      const name = nameOf(row.series);
      const entry = names.get(name) ?? { name, now: 0n, before: 0n };
      entry[side] += row.units ?? 0n;
      names.set(name, entry);
    }
  };
  add(current, "now");
  add(previous, "before");
  return [...names.values()]
    .map((entry) => ({ ...entry, change: entry.now - entry.before }))
    .filter((entry) => entry.change !== 0n)
    .sort((a, b) => compareUnits(b.change, a.change) || compareNames(a.name, b.name));
}

/**
 * Costs without a model are listed under their provider, not all in one.
 * @param {Series} series
 */
export const modelLabel = (series) => series.model ?? `${series.provider}, no model`;

/**
 * The largest rises and falls, and one bar for all the others.
 * @param {Change[]} changes the largest rise first
 * @returns {Bar[]}
 */
export function barsOf(changes) {
  const rises = changes.filter((entry) => entry.change > 0n);
  const falls = changes.filter((entry) => entry.change < 0n);
  /** @type {(moreRises: number, moreFalls: number) => Bar[]} */
  const largest = (moreRises, moreFalls) => [
    ...rises.slice(0, RISES + moreRises),
    ...falls.slice(Math.max(0, falls.length - FALLS - moreFalls)),
  ];
  const shown = largest(0, 0);
  const others = changes.filter((entry) => !shown.includes(entry));
  if (!others.length) return shown;
  if (others.length === 1) return largest(Number(rises.length > RISES), Number(falls.length > FALLS));
  const rest = others.reduce((sum, entry) => sum + entry.change, 0n);
  return [...shown, { name: `${others.length} others`, change: rest, isRest: true }];
}

/**
 * @param {Element} chart
 * @param {Bar[]} bars
 */
function drawChart(chart, bars) {
  const width = Math.max(260, chart.clientWidth);
  const labels = Math.min(190, Math.round(width * 0.36));
  const room = 64;
  const values = bars.map((bar) => toNumber(bar.change));
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const marginLeft = labels + (least < 0 ? room : 6);
  /** @param {Bar} bar */
  const signed = ({ change }) => money(change, { signed: true });
  /** @param {Bar} bar */
  const x = ({ change }) => toNumber(change);
  const figure = { y: "name", x, text: signed, fill: "var(--ink)", fontWeight: 600 };
  const svg = Plot.plot({
    width,
    height: bars.length * 27 + 10,
    marginLeft,
    marginRight: most > 0 ? room : 8,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [least, most || 0], axis: null },
    y: { type: "band", domain: bars.map((bar) => bar.name), padding: 0.4, axis: null },
    marks: [
      Plot.barX(bars, { y: "name", x1: 0, x2: x, fill: colourOf }),
      Plot.ruleX([0], { stroke: "var(--border)" }),
      Plot.text(
        bars.filter((bar) => bar.change >= 0n),
        { ...figure, textAnchor: "start", dx: 6 },
      ),
      Plot.text(
        bars.filter((bar) => bar.change < 0n),
        { ...figure, textAnchor: "end", dx: -6 },
      ),
      Plot.text(bars, {
        y: "name",
        frameAnchor: "left",
        dx: -marginLeft,
        textAnchor: "start",
        text: "name",
        lineWidth: labels / 12.6,
        textOverflow: "ellipsis-middle",
        fill: "var(--muted)",
        title: null,
      }),
    ],
  });
  nameChart(svg, `Bars of change: ${bars.map((bar) => `${bar.name} ${signed(bar)}`).join(", ")}.`);
  chart.replaceChildren(svg);
}

/** @param {Bar} bar */
function colourOf({ change, isRest }) {
  if (isRest) return "var(--muted)";
  return change > 0n ? "var(--bad)" : "var(--ok)";
}
