// Cost by day, week or month, stacked by what it is grouped by; what was entered for a day is hatched and marked under it;
// anomalies carry their number; the day that is not over and days that were not delivered are shaded.

import { makeNavigable, noteLine } from "../static/js/chart_navigation.js";
import { chartHeight, nameChart, scaleOf } from "../static/js/charts.js";
import { comparisonOf, without } from "../static/js/comparable_spans.js";
import { offerTable } from "../static/js/data_table.js";
import { bucketStart, dayNumber, fittingGrain } from "../static/js/days.js";
import { byId, draw, make, part, press, setTitle } from "../static/js/elements.js";
import { atLeast, sumTokens, sumUnits } from "../static/js/facts.js";
import { capitalised, compactMoney, count, money, percent, span, tokens, toNumber } from "../static/js/formats.js";
import { swatch } from "../static/js/group_colours.js";
import { GROUP_WORDS, shownName } from "../static/js/names.js";
import { notesOn } from "../static/js/notes.js";
import { panel } from "../static/js/panels.js";
import { costViewOf, nothingText } from "../static/js/report.js";
import { buckets } from "../static/js/selection.js";
import { bucketName, isPointEntry, stackOf, stackTable, stackTotal, ticksOf, tickWriter } from "../static/js/stacks.js";
import { chartGroup, isChosen, narrowedTo } from "../static/js/state.js";
import { anomaliesOf } from "./anomalies.js";

/** @import { Grain, PanelInput } from "../static/js/types.js" */
/** @import { Stack } from "../static/js/stacks.js" */
/** @typedef {{ number: string, start: number, top: number, title: string }} Pin the disc of an anomaly */
/** @typedef {Record<string, { missing: Record<string, string[]> }>} DailyData of a cost kind, the days that each provider did not deliver */

const NOTES = 3;

panel("daily", renderDaily, {
  // The page chooses by width until a reader chooses.
  options: { grain: { values: ["day", "week", "month"], usual: null } },
  isFiltered: true,
});

/** @param {PanelInput} input */
function renderDaily(input) {
  const { report, state, rows, range } = input;
  const chart = part("daily", ".chart");
  const table = part("daily", ".data-table");
  const width = Math.max(280, chart.clientWidth);
  const grain = /** @type {Grain | null} */ (state.options.grain) ?? fittingGrain(range, width - 60);
  press(byId("grain"), grain);
  const { title, subtitle } = dailyFinding(input);
  setTitle("daily", title, subtitle);
  showLegend(input);
  if (!rows.length) {
    chart.replaceChildren(nothingMatches(input));
    table.replaceChildren();
    return;
  }
  const colours = report.coloursOf(state.kind, chartGroup(state));
  const stacks = buckets(rows, range, grain).map((bucket) => stackOf(bucket, colours));
  drawChart(chart, stacks, input, grain, width);
  offerTable(table, "Cost over time", () => stackTable(stacks, grain, colours));
}

/** @param {PanelInput} input */
function nothingMatches({ report, actions }) {
  const reset = make("button", { type: "button", class: "button", onclick: actions.resetFilters }, "Reset filters");
  return make("p", { class: "empty" }, `${nothingText(report)} `, report.rows.length ? reset : null);
}

/**
 * A finding where the range before is as long and as complete, over what both have, else the plain topic.
 * @param {Pick<PanelInput, "report" | "state" | "rows" | "range">} input
 */
export function dailyFinding({ report, state, rows, range }) {
  const noun = costViewOf(report, state).label;
  const group = GROUP_WORDS[chartGroup(state)].one;
  const amount = capitalised(`${atLeast(rows)}${money(sumUnits(rows))}`);
  const subtitle = rows.length ? `${amount} on ${span(...range)}, stacked by ${group}` : "";
  const last = Math.min(range[1], report.today - 1);
  const length = last - range[0] + 1;
  const compared = comparisonOf(report, state, [range[0], last], [range[0] - length, range[0] - 1]);
  const [now, before] = [sumUnits(compared.now), sumUnits(compared.before)];
  if (state.range === "all" || length < 7 || !compared.isComparable || before <= 0n) {
    return { title: `${noun} by ${group}`, subtitle };
  }
  const leftOut = without(report, compared.leftOut);
  return {
    title: `${noun} ${movement(now, before)} the ${count(length)} days before`,
    subtitle: leftOut ? `${subtitle}; compared ${leftOut}` : subtitle,
  };
}

/**
 * @param {bigint} now
 * @param {bigint} before
 */
function movement(now, before) {
  if (now === before) return "level with";
  const ratio = Math.abs(toNumber(now - before) / toNumber(before));
  return `${now > before ? "up" : "down"} ${percent(ratio)} on`;
}

/** @param {PanelInput} input */
function showLegend({ report, state, rows, actions }) {
  const by = chartGroup(state);
  const { groups, groupOf, nameOf, colourOf, labelOf, isOne } = report.coloursOf(state.kind, by);
  const shown = new Set(rows.filter((row) => row.units).map((row) => groupOf(nameOf(row.series))));
  /** @type {HTMLElement[]} */
  const entries = groups
    .filter((group) => shown.has(group))
    .map((group) => {
      const key = [swatch(colourOf(group)), labelOf(group)];
      const onclick = () => actions.change(narrowedTo(state, by, group));
      const pressed = String(isChosen(state, by, group));
      return isOne(group)
        ? make("button", { type: "button", class: "narrow", "aria-pressed": pressed, onclick }, key)
        : make("span", {}, key);
    });
  if (rows.some((row) => isPointEntry(row.series))) {
    entries.push(make("span", {}, swatch("var(--muted)", "hatch-key"), "Hatched: entered for that day"));
  }
  const spread = new Set(rows.filter((row) => row.series.isSpread && row.units).map((row) => row.series.provider));
  if (spread.size) {
    const names = [...spread].map((provider) => shownName(report.context, "provider", provider)).sort();
    entries.push(make("span", {}, `Spread over their period: ${names.join(", ")}`));
  }
  if (rows.some((row) => (row.units ?? 0n) < 0n)) entries.push(make("span", {}, "Bars below zero: credits"));
  part("daily", ".legend").replaceChildren(...entries);
}

/**
 * @param {Element} chart
 * @param {Stack[]} stacks
 * @param {PanelInput} input
 * @param {Grain} grain
 * @param {number} width
 */
function drawChart(chart, stacks, input, grain, width) {
  const { report, state } = input;
  const starts = stacks.map((stack) => stack.start);
  const top = Math.max(...stacks.map((stack) => stack.top), 0);
  const bottom = Math.min(...stacks.map((stack) => stack.bottom), 0);
  const ceiling = (top || (bottom ? 0 : 1)) * 1.06;
  const barWidth = (width - 62) / starts.length;
  const entries = entriesOn(stacks, input, grain);
  const ticks = ticksOf(starts, grain, width);
  const svg = Plot.plot({
    width,
    height: chartHeight(width),
    marginLeft: 52,
    marginRight: 10,
    marginTop: 26,
    marginBottom: entries.marked.length ? 46 : 28,
    x: { type: "band", domain: starts, padding: barWidth < 6 ? 0.12 : 0.2, label: null },
    y: { domain: [bottom, ceiling], nice: true, label: null },
    marks: [
      () => draw("g", {}, draw("defs", {}, report.coloursOf(state.kind, chartGroup(state)).hatches())),
      Plot.gridY({ ticks: 4, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, tickFormat: compactMoney, label: null, fill: "var(--muted)" }),
      Plot.axisX({
        ticks,
        tickSize: 0,
        tickPadding: 8,
        tickFormat: tickWriter(ticks, grain),
        label: null,
        fill: "var(--muted)",
      }),
      ...shadedMarks(grain === "day" ? shadedDays(input, starts) : [], bottom, ceiling),
      ...barMarks(stacks, input),
      Plot.ruleY([0], { stroke: "var(--border)" }),
      ...entryMarks(entries, barWidth),
      ...pinMarks(pinsOn(stacks, input, grain)),
    ],
  });
  const { label, noun } = costViewOf(report, state);
  nameChart(
    svg,
    `Bars of ${noun} by ${grain} and ${GROUP_WORDS[chartGroup(state)].one}; walk along them with the arrow keys, and look at one with Enter.`,
  );
  const [x, y] = [scaleOf(svg, "x"), scaleOf(svg, "y")];
  chart.replaceChildren(svg);
  makeNavigable(chart, {
    label: `${label} by ${grain}`,
    places: starts.map((start) => x.place(start) + x.bandwidth / 2),
    width,
    box: { top: y.range[1], bottom: y.range[0] },
    say: (step) => {
      const total = `${bucketName(stacks[step], grain)}: ${stackTotal(stacks[step])}`;
      if (grain !== "day") return total;
      if (starts[step] === report.today) return `${total}, incomplete`;
      const missing = missingOn(input).get(starts[step]);
      return missing ? `${total}, without ${missing.join(" and ")}` : total;
    },
    note: (step) => stackNote(stacks[step], input, grain),
    choose: (step) => input.actions.change(closerLook(stacks[step], grain)),
  });
}

/**
 * What a press on a bar leads to: a day is looked at closely, a week or a month becomes the range.
 * @param {Stack} stack
 * @param {Grain} grain
 */
const closerLook = ({ start, from, to }, grain) => (grain === "day" ? { day: start } : { range: "custom", from, to });

/**
 * Day -> the shown providers that did not deliver it.
 * @param {Pick<PanelInput, "report" | "state">} input
 * @returns {Map<number, string[]>}
 */
export function missingOn({ report, state }) {
  const missing = /** @type {DailyData | null | undefined} */ (report.panels.daily)?.[state.kind]?.missing ?? {};
  /** @type {Map<number, string[]>} */
  const found = new Map();
  for (const [provider, days] of Object.entries(missing)) {
    if (state.provider.length && !state.provider.includes(provider)) continue;
    const name = shownName(report.context, "provider", provider);
    for (const day of days.map(dayNumber)) found.set(day, [...(found.get(day) ?? []), name]);
  }
  return found;
}

/**
 * The days that are not whole: the one that is not over, and those that were not delivered. The last of each run is
 * named, so that names do not lie over each other.
 * @param {PanelInput} input
 * @param {number[]} starts
 * @returns {{ day: number, name: string }[]}
 */
function shadedDays(input, starts) {
  const missing = missingOn(input);
  const { today } = input.report;
  return starts
    .filter((day) => day === today || missing.has(day))
    .map((day) => {
      if (day === today) return { day, name: "Incomplete" };
      return { day, name: missing.has(day + 1) || day + 1 === today ? "" : "No data" };
    });
}

/**
 * @param {{ day: number, name: string }[]} shaded
 * @param {number} bottom
 * @param {number} ceiling
 */
function shadedMarks(shaded, bottom, ceiling) {
  return [
    Plot.barY(shaded, {
      x: "day",
      y1: bottom,
      y2: ceiling,
      fill: "var(--warn)",
      fillOpacity: 0.16,
      insetLeft: -1,
      insetRight: -1,
    }),
    Plot.text(shaded, {
      x: "day",
      text: "name",
      frameAnchor: "top",
      dy: -16,
      dx: 8,
      textAnchor: "end",
      fill: "var(--muted)",
    }),
  ];
}

/**
 * @param {Stack[]} stacks
 * @param {PanelInput} input
 */
function barMarks(stacks, { report, state }) {
  const { colourOf, hatchName } = report.coloursOf(state.kind, chartGroup(state));
  return [
    Plot.barY(
      stacks.flatMap((stack) => stack.pieces),
      {
        x: "start",
        y1: "y1",
        y2: "y2",
        fill: (piece) => (piece.manual ? `url(#${hatchName(piece.group)})` : colourOf(piece.group)),
        insetTop: 0.5,
        insetBottom: 0.5,
      },
    ),
  ];
}

/**
 * The bars with an entry of their own or a note, and what they are called together.
 * @param {Stack[]} stacks
 * @param {PanelInput} input
 * @param {Grain} grain
 */
function entriesOn(stacks, { report, state }, grain) {
  /** @param {Stack} stack */
  const hasEntry = ({ pieces }) => pieces.some((piece) => piece.manual);
  /** @param {Stack} stack */
  const isNoted = ({ start }) => grain === "day" && notesOn(report, state, start).length > 0;
  const marked = stacks.filter((stack) => hasEntry(stack) || isNoted(stack));
  return { marked, name: marked.every(hasEntry) ? "Manual" : "Noted" };
}

/**
 * A triangle under each of those bars, and their name.
 * @param {ReturnType<typeof entriesOn>} entries
 * @param {number} barWidth
 */
function entryMarks({ marked, name }, barWidth) {
  const fill = "var(--manual)";
  return [
    Plot.dot(marked, {
      x: "start",
      frameAnchor: "bottom",
      dy: 31,
      symbol: "triangle",
      r: Math.min(3, Math.max(1.6, barWidth / 2.2)),
      fill,
    }),
    Plot.text(marked.length ? [name] : [], {
      frameAnchor: "bottom-left",
      dx: -8,
      dy: 36,
      textAnchor: "end",
      fill,
    }),
  ];
}

/** @param {Pin[]} pins */
function pinMarks(pins) {
  const place = { x: "start", y: "top", dy: -13 };
  return [
    Plot.dot(pins, { ...place, r: 8.5, fill: "var(--bad)", stroke: "var(--card)", strokeWidth: 1.5 }),
    Plot.text(pins, { ...place, text: "number", fill: "var(--on-bad)", fontWeight: 700, fontSize: 11 }),
  ];
}

/**
 * The numbered discs of the anomalies that are on screen, above their bars; of several in one bar, the first of the list.
 * @param {Stack[]} stacks
 * @param {Pick<PanelInput, "report" | "state">} input
 * @param {Grain} grain
 * @returns {Pin[]}
 */
export function pinsOn(stacks, { report, state }, grain) {
  const byStart = new Map(stacks.map((stack) => [stack.start, stack]));
  /** @type {Map<number, Pin>} */
  const pins = new Map();
  for (const { number, day, provider, title } of [...anomaliesOf(report, state.kind)].reverse()) {
    if (provider !== null && state.provider.length && !state.provider.includes(provider)) continue;
    const stack = byStart.get(bucketStart(dayNumber(day), grain));
    if (!stack?.rows.length) continue;
    pins.set(stack.start, { number: String(number), start: stack.start, top: stack.top, title });
  }
  return [...pins.values()];
}

/**
 * @param {Stack} stack
 * @param {PanelInput} input
 * @param {Grain} grain
 */
function stackNote(stack, input, grain) {
  const { report, state } = input;
  const { colourOf, labelOf } = report.coloursOf(state.kind, chartGroup(state));
  const lines = [...stack.pieces].reverse().map(({ group, manual, units }) => {
    const name = manual ? `${labelOf(group)} (manual)` : labelOf(group);
    return noteLine(name, money(units), swatch(colourOf(group), manual ? "hatch-note" : null));
  });
  const asides = [];
  if (grain === "day" && stack.start === input.report.today) {
    asides.push(make("span", { class: "aside" }, "Incomplete: the day is not over"));
  }
  for (const provider of grain === "day" ? (missingOn(input).get(stack.start) ?? []) : []) {
    asides.push(make("span", { class: "aside" }, `${provider} has not delivered this day`));
  }
  for (const { text } of grain === "day" ? notesOn(report, state, stack.start).slice(0, NOTES) : []) {
    asides.push(make("span", { class: "aside" }, text));
  }
  const unpriced = sumTokens(stack.rows, "unpriced");
  if (unpriced) asides.push(make("span", { class: "aside" }, `${tokens(unpriced)} tokens unpriced`));
  const [pin] = pinsOn([stack], input, grain);
  if (pin) asides.push(make("span", { class: "aside bad" }, `${pin.number}: ${pin.title}`));
  return [make("b", {}, bucketName(stack, grain)), ...lines, noteLine("Total", stackTotal(stack)), ...asides];
}
