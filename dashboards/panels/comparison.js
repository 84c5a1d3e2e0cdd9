// What changed between two spans of days, as bars to both sides that narrow the page to what changed. The filters apply;
// the range does only where it is what is compared.

import { nameChart } from "../static/js/charts.js";
import { comparisonOf, reasonOf, without } from "../static/js/comparable_spans.js";
import { comparableFrom, spansOf } from "../static/js/compared_spans.js";
import { offerTable } from "../static/js/data_table.js";
import { dayNumber } from "../static/js/days.js";
import { findPart, make, part, setTitle } from "../static/js/elements.js";
import { compareNames, compareUnits, nameIn, sumUnits } from "../static/js/facts.js";
import { absolute, fullDay, money, percent, shortSpan, span, toNumber } from "../static/js/formats.js";
import { GROUP_WORDS, shownName } from "../static/js/names.js";
import { panel } from "../static/js/panels.js";
import { aloneText } from "../static/js/report.js";
import { narrowedTo, tableGroup } from "../static/js/state.js";

/** @import { Group, PanelInput, Report, Row, Series, Span, State, TableText } from "../static/js/types.js" */
/** @import { Comparison } from "../static/js/comparable_spans.js" */
/** @import { Compared } from "../static/js/compared_spans.js" */

/**
 * The two runs of days that are compared where nothing else is chosen, or a note on why none are.
 * @typedef {object} Windows
 * @property {[string, string]} [current]
 * @property {[string, string]} [previous]
 * @property {string} [month] the one before
 * @property {string} [note]
 */
/** @typedef {{ name: string, series: Series, now: bigint, before: bigint, change: bigint }} Change */
/** @typedef {{ name: string, change: bigint, series?: Series, isRest?: boolean }} Bar */

const RISES = 5;
const FALLS = 4;
const ROW = 27;
const EDGE = 5;

panel("comparison", renderComparison, {
  options: {
    compare: { values: ["month", "last-month", "quarter", "last-quarter", "year", "range"], usual: "month" },
    against: { values: ["previous", "year"], usual: "previous" },
  },
  isFiltered: true,
});

/** @param {PanelInput} input */
function renderComparison(input) {
  const { report, state } = input;
  const isUsual = state.options.compare === "month" && state.options.against === "previous";
  findPart("comparison", ".reasons")?.toggleAttribute("hidden", !isUsual);
  const { current, previous, month, note } = windowsOf(report, state);
  if (isUsual && note) return showNothing(report.isAlone ? aloneText(report, note.replace(/\.$/, "")) : note);
  const spans =
    isUsual && current && previous
      ? { current: readSpan(current), previous: readSpan(previous), name: month ?? "", months: 1, apart: 1 }
      : spansOf(state, input.range, report.today);
  if (!spans) return showNothing("No day of it is over yet.");
  const compared = comparisonOf(report, state, spans.current, spans.previous);
  if (!compared.isComparable) return showNothing(waitingText(report, compared, spans));
  const leftOut = compared.leftOut.length ? `, ${without(report, compared.leftOut)}` : "";
  setTitle("comparison", comparisonTitle(compared, spans.name), `${daysText(spans)}, complete days only${leftOut}`);
  const group = tableGroup(state);
  const changes = changesBy(lineOf(report, group), compared.now, compared.before);
  if (!changes.length) return showEmpty("Nothing changed over these days.");
  drawChart(part("comparison", ".chart"), barsOf(changes), input);
  offerTable(part("comparison", ".data-table"), "Change", () => changeTable(GROUP_WORDS[group].heading, changes));
}

/**
 * @param {Report} report
 * @param {State} state
 * @returns {Windows}
 */
function windowsOf({ panels }, { kind }) {
  const all = /** @type {Record<string, Windows> | undefined} */ (panels.comparison);
  return all?.[kind] ?? { note: "There are not two months with the same days yet." };
}

/**
 * Why two spans are not compared, and since when they could be.
 * @param {Report} report
 * @param {Comparison} compared
 * @param {Compared} spans
 */
function waitingText(report, { leftOut }, spans) {
  const [source] = leftOut;
  if (!source) return `Nothing to compare: no cost on ${span(...spans.current)} or ${span(...spans.previous)}.`;
  const why = `Nothing to compare with yet: ${source.name} is ${reasonOf(report, source)}.`;
  const since = source.isLate ? comparableFrom(spans, source.from) : null;
  return since === null ? why : `${why} It can be compared from ${fullDay(since)} on.`;
}

/** @param {Compared} spans */
function daysText({ current, previous }) {
  const isLong = current[1] - previous[0] > 180;
  return isLong
    ? `${span(...current)} against ${span(...previous)}`
    : `${shortSpan(...current)} against ${shortSpan(...previous)}`;
}

/**
 * @param {[string, string]} days
 * @returns {Span}
 */
const readSpan = ([first, last]) => [dayNumber(first), dayNumber(last)];

/** @param {string} why */
function showNothing(why) {
  setTitle("comparison", "Change", "");
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
  /** @type {Map<string, { name: string, series: Series, now: bigint, before: bigint }>} */
  const names = new Map();
  /** @type {(rows: Row[], side: "now" | "before") => void} */
  const add = (rows, side) => {
    for (const row of rows) {
      const name = nameOf(row.series);
      const entry = names.get(name) ?? { name, series: row.series, now: 0n, before: 0n };
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
 * What a line of changes is called. Costs without a model are listed under their provider, not all in one.
 * @param {Report} report
 * @param {Group} group
 * @returns {(series: Series) => string}
 */
export function lineOf({ context }, group) {
  if (group !== "model") return (series) => shownName(context, group, nameIn(group, series));
  return ({ model, provider }) => model ?? `${shownName(context, "provider", provider)}, no model`;
}

/**
 * The choice that leaves what a bar is of.
 * @param {State} state
 * @param {Series} series
 * @returns {Partial<State>}
 */
function narrowedToLine(state, series) {
  const group = tableGroup(state);
  const isNameless = group === "model" && series.model === null;
  return { ...(isNameless ? { provider: [series.provider] } : {}), ...narrowedTo(state, group, nameIn(group, series)) };
}

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
 * @param {PanelInput} input
 */
function drawChart(chart, bars, { state, actions }) {
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
    height: bars.length * ROW + 2 * EDGE,
    marginLeft,
    marginRight: most > 0 ? room : 8,
    marginTop: EDGE,
    marginBottom: EDGE,
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
  const presses = bars.map(({ name, series, change }, place) => {
    if (!series) return null;
    const onclick = () => actions.change(narrowedToLine(state, series));
    const text = `${name}, ${money(change, { signed: true })}: show it alone`;
    const button = make("button", { type: "button", class: "bar-press", "aria-label": text, onclick });
    button.style.top = `${EDGE + place * ROW}px`;
    button.style.height = `${ROW}px`;
    return button;
  });
  chart.replaceChildren(svg, ...presses.filter((button) => button !== null));
}

/** @param {Bar} bar */
function colourOf({ change, isRest }) {
  if (isRest) return "var(--muted)";
  return change > 0n ? "var(--bad)" : "var(--ok)";
}
