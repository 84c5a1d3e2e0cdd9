// The month's spend against the budget that covers everything, day by day: what is spent, what is forecast on top of
// it, the budget and its even pace. It ignores the filters, and the card says so.

import { nameChart } from "../static/js/charts.js";
import { offerTable } from "../static/js/data_table.js";
import { DAY_MS, dateOf, dayNumber } from "../static/js/days.js";
import { findPart, make, part } from "../static/js/elements.js";
import { compactMoney, estimate, shortDay, toNumber, weekday } from "../static/js/formats.js";
import { panel } from "../static/js/panels.js";
import { aloneText } from "../static/js/report.js";
import { forecastsOf } from "./forecast.js";

/** @import { Report, Row, TableText } from "../static/js/types.js" */

/**
 * The budget that is drawn: from its first day up to `end`, which is not part of it.
 * @typedef {{ name: string, amount: number, amount_text: string, first: string, end: string }} BudgetData
 */
/** @typedef {{ day: number, date: Date, sum: number, forecast: boolean }} DaySum what is spent up to and with a day */

const HEIGHT = 170;

panel("budget", ({ report }) => {
  const budget = /** @type {BudgetData | null | undefined} */ (report.panels.budget);
  const chart = findPart("budget", ".chart");
  if (!budget || !report.rowsByKind.spend || !chart) return;
  if (report.isAlone) {
    chart.replaceChildren(make("p", { class: "empty" }, aloneText(report, "The burn-up is of all currencies")));
    part("budget", ".data-table").replaceChildren();
    return;
  }
  const [first, end] = [dayNumber(budget.first), dayNumber(budget.end)];
  const spent = runningSum(report.rowsByKind.spend, first, report.today);
  if (!spent.length) return;
  const ahead = runningForecast(report, spent, end);
  drawChart(chart, budget, spent, ahead);
  offerTable(part("budget", ".data-table"), "Budget", () => budgetTable([...spent, ...ahead]));
});

/**
 * @param {DaySum[]} days
 * @returns {TableText}
 */
function budgetTable(days) {
  return {
    columns: [{ name: "Day" }, { name: "Spent so far", number: true }],
    rows: days.map((day) => [weekday(day.day), estimate(day.sum) + (day.forecast ? " forecast" : "")]).reverse(),
  };
}

/**
 * @param {Row[]} rows
 * @param {number} first
 * @param {number} last
 * @returns {DaySum[]}
 */
export function runningSum(rows, first, last) {
  /** @type {Map<number, bigint>} */
  const byDay = new Map();
  for (const { units, day } of rows) if (units !== null) byDay.set(day, (byDay.get(day) ?? 0n) + units);
  const found = [];
  let sum = 0n;
  for (let day = first; day <= last; day++) {
    sum += byDay.get(day) ?? 0n;
    found.push({ day, date: dateOf(day), sum: toNumber(sum), forecast: false });
  }
  return found;
}

/**
 * From the last delivered day on, what is expected is added to what is spent.
 * @param {Report} report
 * @param {DaySum[]} spent
 * @param {number} end
 * @returns {DaySum[]}
 */
export function runningForecast(report, spent, end) {
  const series = forecastsOf(report, "spend").total;
  if (!series?.days.length || series.first === null || spent[spent.length - 1].day !== report.today) return [];
  const first = dayNumber(series.first);
  let sum = spent.find(({ day }) => day === first - 1)?.sum ?? 0;
  const found = [];
  for (let day = Math.max(first, spent[0].day); day < end && day - first < series.days.length; day++) {
    sum += series.days[day - first][0];
    if (day > report.today) found.push({ day, date: dateOf(day), sum, forecast: true });
  }
  return found;
}

/**
 * The name of the even pace, on the side of it where the spend is not.
 * @param {BudgetData} budget
 * @param {DaySum} now
 */
function paceLabel(budget, now) {
  const [first, end] = [dayNumber(budget.first), dayNumber(budget.end)];
  const isOver = now.sum > (budget.amount * (now.day - first + 1)) / (end - first);
  const place = { x: () => dateOf(first + (end - first) * 0.5), y: () => budget.amount * 0.5 };
  return isOver
    ? Plot.text(["Even pace"], { ...place, text: String, fill: "var(--muted)", textAnchor: "start", dx: 6, dy: 8 })
    : Plot.text(["Even pace"], { ...place, text: String, fill: "var(--muted)", textAnchor: "end", dx: -6, dy: -6 });
}

/**
 * @param {Element} chart
 * @param {BudgetData} budget
 * @param {DaySum[]} spent
 * @param {DaySum[]} ahead
 */
function drawChart(chart, budget, spent, ahead) {
  const [first, last] = [dayNumber(budget.first), dayNumber(budget.end) - 1];
  const width = Math.max(260, chart.clientWidth);
  const now = spent[spent.length - 1];
  const sums = [...spent, ...ahead].map((day) => day.sum);
  const [bottom, top] = [Math.min(0, ...sums), Math.max(budget.amount, ...sums)];
  const pace = [
    { date: dateOf(first), sum: 0 },
    { date: dateOf(last), sum: budget.amount },
  ];
  const axis = { tickSize: 0, fill: "var(--muted)" };
  const line = { x: "date", y: "sum" };
  const svg = Plot.plot({
    width,
    height: HEIGHT,
    marginLeft: 46,
    marginRight: 22,
    marginTop: 18,
    marginBottom: 26,
    x: { type: "utc", domain: [dateOf(first), dateOf(last)], label: null },
    y: { domain: [bottom * 1.1, top * 1.1], nice: true, label: null },
    marks: [
      Plot.gridY({ ticks: 3, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ...axis, ticks: 3, tickFormat: compactMoney }),
      Plot.axisX([first, first + 7, first + 14, first + 21, last].map(dateOf), {
        ...axis,
        tickPadding: 8,
        tickFormat: (/** @type {Date} */ date) => shortDay(date.getTime() / DAY_MS),
      }),
      Plot.ruleY([0], { stroke: "var(--border)" }),
      Plot.line(pace, { ...line, stroke: "var(--muted)", strokeDasharray: "2 3" }),
      Plot.ruleY([budget.amount], { stroke: "var(--bad)", strokeDasharray: "2 3", strokeWidth: 1.5 }),
      Plot.text([`Budget ${budget.amount_text}`], {
        frameAnchor: "left",
        x: () => dateOf(first),
        y: () => budget.amount,
        text: String,
        textAnchor: "start",
        dy: -8,
        dx: 2,
        fill: "var(--muted)",
      }),
      paceLabel(budget, now),
      Plot.lineY(spent, { ...line, stroke: "var(--ink)", strokeWidth: 2 }),
      Plot.lineY([now, ...ahead], { ...line, stroke: "var(--ink)", strokeWidth: 1.6, strokeDasharray: "5 3.5" }),
      Plot.dot([now], { ...line, r: 3, fill: "var(--ink)" }),
      Plot.text([now], {
        ...line,
        dy: -12,
        textAnchor: "end",
        text: (day) => compactMoney(day.sum),
        fill: "var(--ink)",
        fontWeight: 600,
        stroke: "var(--card)",
        strokeWidth: 4,
      }),
    ],
  });
  nameChart(svg, `Line of spend so far, ${estimate(now.sum)}, against a budget of ${budget.amount_text}.`);
  chart.replaceChildren(svg);
}
