// What the coming days are expected to cost: the days behind, their 7-day mean, the forecast and its bands. A forecast
// exists for the total and for each provider; under any other filter the total is shown, and the card says so.

import { makeNavigable, noteLine } from "../static/js/chart_navigation.js";
import { chartHeight, nameChart, scaleOf } from "../static/js/charts.js";
import { offerTable } from "../static/js/data_table.js";
import { DAY_MS, dateOf, dayNumber, yearOf } from "../static/js/days.js";
import { byId, draw, make, part, setTitle } from "../static/js/elements.js";
import * as formats from "../static/js/formats.js";
import { swatch } from "../static/js/group_colours.js";
import { shownName } from "../static/js/names.js";
import { panel } from "../static/js/panels.js";
import { aloneText, costViewOf, DIMENSIONS } from "../static/js/report.js";
import { isFiltered } from "../static/js/state.js";

/** @import { PanelInput, Report, State, TableText } from "../static/js/types.js" */
/** @typedef {[expected: number, low80: number, high80: number, low95: number, high95: number]} ForecastDay */

/**
 * A forecast as dashboards/panels/forecast.py hands it on: its days from `first` on, and totals by horizon.
 * @typedef {object} ForecastData
 * @property {string | null} first
 * @property {ForecastDay[]} days
 * @property {Record<string, [total: number, lower: number, upper: number]>} totals
 * @property {Record<string, string | null>} accuracy how near the last forecasts of each horizon were, a sentence each
 * @property {string | null} starts_on
 * @property {string | null} message
 */
/** @typedef {ForecastData & { name: string, provider: string | null }} Series */
/** @typedef {{ day: number, date: Date, amount: number, mean: number | null }} PastDay */
/** @typedef {{ day: number, date: Date, expected: number, low80: number, high80: number, low95: number, high95: number }} DayAhead */

const MEAN_DAYS = 7;
const HORIZONS = ["7", "30", "60", "90"];
const { estimate, weekday } = formats;

panel("forecast", renderForecast, {
  options: { horizon: { values: HORIZONS, usual: "90" } },
  isFiltered: true, // as far as there is a forecast, and the card says where there is none
});

/**
 * The forecasts of one kind of cost: "total", and "provider …" of each.
 * @param {Report} report
 * @param {string} kind
 */
export function forecastsOf({ panels }, kind) {
  const known = /** @type {Record<string, Record<string, ForecastData>> | undefined} */ (panels.forecast);
  return known?.[kind] ?? {};
}

/**
 * The forecast of the only provider that is chosen, where there is one and nothing else is chosen, else of everything.
 * @param {Report} report
 * @param {State} state
 * @returns {Series}
 */
export function forecastSeries(report, state) {
  const known = forecastsOf(report, state.kind);
  const [provider, ...others] = state.provider;
  const isAlone =
    provider !== undefined &&
    !others.length &&
    state.source === "all" &&
    DIMENSIONS.every((dimension) => dimension === "provider" || !state[dimension].length);
  const mine = known[`provider ${provider}`];
  if (isAlone && mine?.days.length) return { ...mine, name: shownName(report.context, "provider", provider), provider };
  const nothing = { first: null, days: [], totals: {}, accuracy: {}, starts_on: null, message: null };
  return { ...(known.total ?? nothing), name: "All providers", provider: null };
}

/** @param {PanelInput} input */
function renderForecast({ report, state }) {
  const series = forecastSeries(report, state);
  const chart = part("forecast", ".chart");
  const horizon = state.options.horizon ?? "90";
  const isWaiting = report.isAlone || !series.days.length;
  byId("horizon").hidden = isWaiting;
  if (isWaiting) {
    setTitle("forecast", "Forecast", "");
    const why = report.isAlone ? aloneText(report, "The forecast is of all currencies") : waitingText(series);
    chart.replaceChildren(make("p", { class: "empty" }, why));
    for (const selector of [".legend", ".horizons", ".accuracy", ".data-table"])
      part("forecast", selector).replaceChildren();
    return;
  }
  const [total, lower, upper] = series.totals[horizon] ?? [];
  const interval = total === undefined ? "" : `; 80% interval ${estimate(lower)} to ${estimate(upper)}`;
  const title = total === undefined ? "Forecast" : `${estimate(total)} expected over the next ${horizon} days`;
  const isOfAll = isFiltered(state) && series.provider === null;
  const note = isOfAll ? " A forecast of these filters alone is not made: this is everything." : "";
  const { noun } = costViewOf(report, state);
  const drawn = Number(horizon) > MEAN_DAYS ? "Forecast and bands are means of 7 days" : "Bands are of single days";
  setTitle("forecast", title, `${series.name}, ${noun}${interval}. ${drawn}.${note}`);
  const ahead = daysAhead(series, Number(horizon), report.today);
  const past = pastDays(report, state.kind, series.provider, Math.max(60, Number(horizon)), ahead[0].day);
  showLegend();
  drawChart(chart, past, ahead, {
    today: report.today,
    lines: Number(horizon) > MEAN_DAYS ? meansAhead(past, ahead) : ahead,
  });
  part("forecast", ".horizons").replaceChildren(...horizonCells(report, state.kind, series));
  part("forecast", ".accuracy").textContent = [accuracyText(series, horizon), series.message].filter(Boolean).join(" ");
  offerTable(part("forecast", ".data-table"), "Forecast", () => forecastTable(ahead));
}

/**
 * How near the last forecasts of `horizon` were, or of the next shorter one that is long enough ago.
 * @param {ForecastData} series
 * @param {string} horizon
 */
export function accuracyText({ accuracy }, horizon) {
  return HORIZONS.slice(0, HORIZONS.indexOf(horizon) + 1).reduceRight(
    (/** @type {string | null} */ found, shorter) => found ?? accuracy[shorter] ?? null,
    null,
  );
}

/** @param {ForecastData} series */
function waitingText({ message, starts_on }) {
  if (message) return message;
  const starts = starts_on ? `It starts on ${formats.fullDay(dayNumber(starts_on))}.` : "";
  return `A forecast needs 14 days of history. ${starts}`;
}

/**
 * @param {DayAhead[]} ahead
 * @returns {TableText}
 */
function forecastTable(ahead) {
  const figures = ["Expected", "80% interval", "95% interval"].map((name) => ({ name, number: true }));
  const rows = ahead.map((day) => [
    weekday(day.day),
    estimate(day.expected),
    `${estimate(day.low80)} to ${estimate(day.high80)}`,
    `${estimate(day.low95)} to ${estimate(day.high95)}`,
  ]);
  return { columns: [{ name: "Day" }, ...figures], rows };
}

/**
 * Each complete day behind that was delivered, and the mean of the seven days up to it once there are seven.
 * @param {Report} report
 * @param {string} kind
 * @param {string | null} provider null: all
 * @param {number} length
 * @param {number} end the first day that is forecast
 * @returns {PastDay[]}
 */
export function pastDays({ rowsByKind, today }, kind, provider, length, end = today) {
  const rows = rowsByKind[kind].filter((row) => provider === null || row.series.provider === provider);
  const start = rows.reduce((least, row) => Math.min(least, row.day), Infinity);
  /** @type {Map<number, number>} */
  const sums = new Map();
  for (const row of rows) {
    if (row.units !== null) sums.set(row.day, (sums.get(row.day) ?? 0) + formats.toNumber(row.units));
  }
  /** @param {number} day */
  const value = (day) => sums.get(day) ?? 0;
  const found = [];
  for (let day = Math.max(start, today - length); day < end; day++) {
    const week = Array.from({ length: MEAN_DAYS }, (_, back) => value(day - back));
    const isWhole = day - start + 1 >= MEAN_DAYS;
    const mean = isWhole ? week.reduce((sum, amount) => sum + amount, 0) / MEAN_DAYS : null;
    found.push({ day, date: dateOf(day), amount: value(day), mean });
  }
  return found;
}

/**
 * The days that have yet to be delivered, and those from today on.
 * @param {ForecastData} series
 * @param {number} horizon days from today on
 * @param {number} today
 * @returns {DayAhead[]}
 */
export function daysAhead({ first, days }, horizon, today) {
  const start = dayNumber(first ?? "");
  return days.slice(0, today - start + horizon).map(([expected, low80, high80, low95, high95], step) => {
    return { day: start + step, date: dateOf(start + step), expected, low80, high80, low95, high95 };
  });
}

/**
 * The mean of the seven days up to each day ahead, days behind included; so that the bands begin where the line of the
 * days behind ends. Means of days' bounds: wider than the bounds of a mean, which a forecast of days does not know.
 * @param {PastDay[]} past
 * @param {DayAhead[]} ahead
 * @returns {DayAhead[]}
 */
export function meansAhead(past, ahead) {
  /** @type {DayAhead[]} */
  const known = past.slice(-MEAN_DAYS).map(({ day, date, amount }) => {
    return { day, date, expected: amount, low80: amount, high80: amount, low95: amount, high95: amount };
  });
  const days = [...known, ...ahead];
  return ahead.map(({ day, date }, step) => {
    const end = known.length + step + 1;
    const week = days.slice(Math.max(0, end - MEAN_DAYS), end);
    /** @param {"expected" | "low80" | "high80" | "low95" | "high95"} name */
    const mean = (name) => week.reduce((sum, each) => sum + each[name], 0) / week.length;
    return {
      day,
      date,
      expected: mean("expected"),
      low80: mean("low80"),
      high80: mean("high80"),
      low95: mean("low95"),
      high95: mean("high95"),
    };
  });
}

function showLegend() {
  /** @param {Record<string, string | number>} attributes */
  const stroke = (attributes) =>
    draw(
      "svg",
      { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" },
      draw("line", { x1: 0, x2: 12, y1: 6, y2: 6, ...attributes }),
    );
  part("forecast", ".legend").replaceChildren(
    make("span", {}, stroke({ stroke: "var(--muted)", "stroke-width": 1 }), "Each day"),
    make("span", {}, stroke({ stroke: "var(--ink)", "stroke-width": 2.4 }), "7-day mean"),
    make("span", {}, stroke({ stroke: "var(--ink)", "stroke-width": 2, "stroke-dasharray": "4 3" }), "Forecast"),
    make("span", {}, swatch("var(--band-80)"), "80%"),
    make("span", {}, swatch("var(--band-95)"), "95%"),
  );
}

/**
 * @param {Element} chart
 * @param {PastDay[]} past
 * @param {DayAhead[]} ahead
 * @param {{ today: number, lines: DayAhead[] }} drawn what the line and the bands are of, for each day ahead
 */
function drawChart(chart, past, ahead, { today, lines }) {
  const width = Math.max(280, chart.clientWidth);
  const steps = [...past, ...ahead];
  const [first, last] = [steps[0].day, steps[steps.length - 1].day];
  const top =
    Math.max(
      ...past.map((day) => day.amount),
      ...ahead.map((day) => day.expected),
      ...lines.map((day) => day.high95),
      0,
    ) || 1;
  const bottom = Math.min(...past.map((day) => day.amount), ...lines.map((day) => day.low95), 0);
  const axis = { tickSize: 0, fill: "var(--muted)" };
  const svg = Plot.plot({
    width,
    height: chartHeight(width),
    marginLeft: 52,
    marginRight: 62,
    marginTop: 26,
    marginBottom: 28,
    x: { type: "utc", domain: [dateOf(first), dateOf(last)], label: null },
    y: { domain: [bottom, top], nice: true, label: null },
    marks: [
      Plot.gridY({ ticks: 4, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ...axis, ticks: 4, tickFormat: formats.compactMoney }),
      Plot.axisX({
        ...axis,
        ticks: Math.max(3, Math.floor(width / 130)),
        tickPadding: 8,
        tickFormat: tickWriter(first, last),
      }),
      Plot.areaY(lines, { x: "date", y1: "low95", y2: "high95", fill: "var(--band-95)" }),
      Plot.areaY(lines, { x: "date", y1: "low80", y2: "high80", fill: "var(--band-80)" }),
      Plot.lineY(past, { x: "date", y: "amount", stroke: "var(--muted)", strokeWidth: 1, strokeOpacity: 0.7 }),
      Plot.lineY(past, { x: "date", y: "mean", stroke: "var(--ink)", strokeWidth: 2 }),
      lines === ahead
        ? null
        : Plot.lineY(ahead, { x: "date", y: "expected", stroke: "var(--muted)", strokeWidth: 1, strokeOpacity: 0.7 }),
      Plot.lineY(lines, { x: "date", y: "expected", stroke: "var(--ink)", strokeWidth: 1.8, strokeDasharray: "5 3.5" }),
      endLabel(lines[lines.length - 1]),
      Plot.ruleY([Math.max(0, bottom)], { stroke: "var(--border)" }),
      Plot.ruleX([dateOf(today)], { stroke: "var(--border)" }),
      Plot.text([dateOf(today)], {
        x: (date) => date,
        frameAnchor: "top",
        dy: -16,
        text: () => "Today",
        fill: "var(--muted)",
      }),
    ],
  });
  nameChart(svg, "Lines of the days behind and the days forecast; walk along them with the arrow keys.");
  const [x, y] = [scaleOf(svg, "x"), scaleOf(svg, "y")];
  chart.replaceChildren(svg);
  makeNavigable(chart, {
    label: "Forecast by day",
    places: steps.map((step) => x.place(step.date)),
    width,
    box: { top: y.range[1], bottom: y.range[0] },
    say: (at) => sentenceOf(steps[at]),
    note: (at) => noteOf(steps[at]),
  });
}

/**
 * What the line comes to, at its end.
 * @param {DayAhead} end
 */
const endLabel = (end) =>
  Plot.text([end], {
    x: "date",
    y: "expected",
    text: () => `${estimate(end.expected)}\na day`,
    textAnchor: "start",
    dx: 7,
    lineHeight: 1.25,
    fill: "var(--ink)",
    fontWeight: 600,
  });

/**
 * @param {number} first
 * @param {number} last
 * @returns {(date: Date, place: number) => string}
 */
function tickWriter(first, last) {
  const several = yearOf(first) !== yearOf(last);
  return (date, place) => {
    const day = date.getTime() / DAY_MS;
    const withYear = several && (place === 0 || (date.getUTCMonth() === 0 && date.getUTCDate() <= 7));
    if (date.getUTCDate() === 1) return withYear ? formats.monthWithYear(day) : formats.shortMonth(day);
    return withYear ? formats.fullDay(day) : formats.shortDay(day);
  };
}

/** @param {PastDay | DayAhead} step */
function sentenceOf(step) {
  if ("amount" in step) return `${weekday(step.day)}: ${estimate(step.amount)}`;
  const interval = `${estimate(step.low80)} to ${estimate(step.high80)}`;
  return `${weekday(step.day)}: ${estimate(step.expected)} expected, 80% interval ${interval}`;
}

/** @param {PastDay | DayAhead} step */
function noteOf(step) {
  const day = make("b", {}, weekday(step.day));
  if ("amount" in step) {
    const mean = step.mean === null ? [] : [noteLine("7-day mean", estimate(step.mean))];
    return [day, noteLine("Recorded", estimate(step.amount)), ...mean];
  }
  return [
    day,
    noteLine("Expected", estimate(step.expected)),
    noteLine("80%", `${estimate(step.low80)} to ${estimate(step.high80)}`),
    noteLine("95%", `${estimate(step.low95)} to ${estimate(step.high95)}`),
  ];
}

/**
 * All four horizons with their totals, and how each compares with as many days behind.
 * @param {Report} report
 * @param {string} kind
 * @param {Series} series
 */
function horizonCells(report, kind, series) {
  return HORIZONS.filter((horizon) => series.totals[horizon]).map((horizon) => {
    const [total, lower, upper] = series.totals[horizon];
    const length = Number(horizon);
    const past = pastDays(report, kind, series.provider, length);
    const sum = past.reduce((amount, day) => amount + day.amount, 0);
    const change = formats.percent(total / sum - 1, { signed: true });
    const isComparable = past.length === length && sum > 0;
    const under = isComparable ? make("span", { class: "under" }, `${change} on the last ${length}`) : null;
    const interval = `${estimate(lower)} to ${estimate(upper)}`;
    return make("div", {}, `Next ${length} days`, make("b", {}, estimate(total)), interval, under);
  });
}
