// The figures of the forecast, the budget and the pins of unusual days.

import assert from "node:assert/strict";
import { test } from "node:test";
import { runningForecast, runningSum } from "../../../dashboards/panels/budget.js";
import { missingOn, pinsOn } from "../../../dashboards/panels/daily.js";
import { accuracyText, daysAhead, forecastSeries, meansAhead, pastDays } from "../../../dashboards/panels/forecast.js";
import { nearestStep, stepAfterKey } from "../../../dashboards/static/js/chart_navigation.js";
import { dayNumber, isoDay } from "../../../dashboards/static/js/days.js";
import { buckets } from "../../../dashboards/static/js/selection.js";
import { stackOf } from "../../../dashboards/static/js/stacks.js";
import { reportOf, stateOf } from "./reports.mjs";

/**
 * @param {number} expected
 * @returns {import("../../../dashboards/panels/forecast.js").ForecastDay}
 */
const ahead = (expected) => [expected, 0, 9, 0, 9];
const NOTHING_ELSE = { totals: {}, accuracy: {}, starts_on: null, message: null };

const report = reportOf(
  Array.from({ length: 10 }, (_, step) => ({
    day: isoDay(dayNumber("2026-11-13") + step),
    cents: step === 9 ? 800 : 100,
    provider: step % 2 ? "openai" : "anthropic",
  })),
  {
    panels: {
      forecast: {
        spend: {
          total: { first: "2026-11-23", days: [ahead(2), ahead(3), ahead(4)], ...NOTHING_ELSE },
          "provider openai": { first: "2026-11-23", days: [ahead(1)], ...NOTHING_ELSE },
          "provider anthropic": { first: null, days: [], ...NOTHING_ELSE },
        },
      },
      anomalies: {
        spend: [
          { number: 1, day: "2026-11-21", provider: null, title: "newest" },
          { number: 2, day: "2026-11-20", provider: "openai", title: "older" },
          { number: 3, day: "2025-01-01", provider: null, title: "not on screen" },
        ],
      },
    },
  },
);

test("one provider alone has a forecast of its own, anything else that of everything", () => {
  /** @param {Partial<import("../../../dashboards/static/js/types.js").State>} chosen */
  const name = (chosen) => forecastSeries(report, stateOf(report, chosen)).name;
  assert.equal(name({ provider: ["openai"] }), "openai");
  assert.equal(name({ provider: ["anthropic"] }), "All providers");
  assert.equal(name({ provider: ["openai", "anthropic"] }), "All providers");
  assert.equal(name({ provider: ["openai"], project: ["x"] }), "All providers");
  assert.equal(name({ provider: ["openai"], source: "api" }), "All providers");
});

test("the days behind end yesterday, with a mean once there are seven", () => {
  const past = pastDays(report, "spend", null, 60);
  assert.deepEqual(past.map(({ day, amount, mean }) => [isoDay(day), amount, mean]).slice(5), [
    ["2026-11-18", 1, null],
    ["2026-11-19", 1, 1],
    ["2026-11-20", 1, 1],
    ["2026-11-21", 1, 1],
    ["2026-11-22", 8, 2],
  ]);
  assert.equal(pastDays(report, "spend", "nobody", 60).length, 0);
});

test("days that have yet to be delivered are ahead, whatever came of them, and the days from today on as many as chosen", () => {
  const late = { name: "", provider: null, ...NOTHING_ELSE, first: "2026-11-21", days: [1, 2, 3, 4, 5].map(ahead) };
  const days = daysAhead(late, 2, report.today);
  assert.deepEqual(
    days.map(({ day, expected }) => [isoDay(day), expected]),
    [
      ["2026-11-21", 1],
      ["2026-11-22", 2],
      ["2026-11-23", 3],
      ["2026-11-24", 4],
    ],
  );
  assert.equal(isoDay(pastDays(report, "spend", null, 60, days[0].day).at(-1)?.day ?? 0), "2026-11-20");
});

test("a budget's days add up, and what is expected is added from the last complete day on", () => {
  const spent = runningSum(report.rows, dayNumber("2026-11-20"), report.today);
  assert.deepEqual(
    spent.map((day) => day.sum),
    [1, 2, 10, 10],
  );
  const days = runningForecast(report, spent, dayNumber("2026-11-25"));
  assert.deepEqual(
    days.map(({ day, sum, forecast }) => [isoDay(day), sum, forecast]),
    [["2026-11-24", 15, true]],
  );
});

test("unusual days are pinned on their bars; one of another provider than those chosen is not", () => {
  const range = /** @type {[number, number]} */ ([dayNumber("2026-11-16"), report.today]);
  const stacks = buckets(report.rows, range, "week").map((bucket) =>
    stackOf(bucket, report.coloursOf("spend", "provider")),
  );
  /** @param {string[]} provider */
  const pins = (provider) => pinsOn(stacks, { report, state: stateOf(report, { provider }) }, "week");
  assert.deepEqual(pins([]), [{ number: "1", start: dayNumber("2026-11-16"), top: 14, title: "newest" }]);
  const days = buckets(report.rows, range, "day").map((bucket) =>
    stackOf(bucket, report.coloursOf("spend", "provider")),
  );
  const chosen = { report, state: stateOf(report, { provider: ["anthropic"] }) };
  assert.deepEqual(
    pinsOn(days, chosen, "day").map((pin) => pin.number),
    ["1"],
  );
});

test("keys and the pointer lead along a chart and not out of it", () => {
  assert.deepEqual(
    ["ArrowLeft", "PageUp", "Home", "End", "ArrowRight", "x"].map((key) => stepAfterKey(key, 5, 9)),
    [4, 9, 0, 9, 6, null],
  );
  assert.deepEqual([stepAfterKey("PageDown", 5, 9), stepAfterKey("ArrowRight", 9, 9)], [0, 9]);
  assert.deepEqual(
    [-5, 14, 16, 99].map((x) => nearestStep([10, 20, 30], x)),
    [0, 0, 1, 2],
  );
});

test("what is said of how near forecasts were is of the horizon, or of a shorter one that is long enough ago", () => {
  const forecast = { first: null, days: [], ...NOTHING_ELSE, accuracy: { 7: "seven", 30: "thirty" } };
  assert.deepEqual(
    ["7", "30", "90"].map((horizon) => accuracyText(forecast, horizon)),
    ["seven", "thirty", "thirty"],
  );
  assert.equal(accuracyText({ ...forecast, accuracy: { 30: "thirty" } }, "7"), null);
});

test("a day that was not delivered names the shown providers that lack it", () => {
  const late = reportOf([{ day: "2026-11-20", cents: 100 }], {
    panels: {
      daily: { spend: { missing: { openai: ["2026-11-21", "2026-11-22"], groq: ["2026-11-22"] }, notes: [] } },
    },
  });
  const [first, second] = [dayNumber("2026-11-21"), dayNumber("2026-11-22")];
  assert.deepEqual(
    [...missingOn({ report: late, state: stateOf(late) })],
    [
      [first, ["openai"]],
      [second, ["openai", "groq"]],
    ],
  );
  assert.deepEqual(
    [...missingOn({ report: late, state: stateOf(late, { provider: ["groq"] }) })],
    [[second, ["groq"]]],
  );
  assert.equal(missingOn({ report: late, state: stateOf(late, { kind: "list_price_value" }) }).size, 0);
  assert.equal(missingOn({ report, state: stateOf(report) }).size, 0);
});

test("the line ahead goes on from the mean of the days behind, and its bands widen from there", () => {
  const past = pastDays(report, "spend", null, 60);
  const days = daysAhead({ ...NOTHING_ELSE, first: "2026-11-23", days: [ahead(2), ahead(3)] }, 30, report.today);
  const [first, second] = meansAhead(past, days);
  assert.deepEqual([first.day, first.expected, first.low80, first.high95], [report.today, 15 / 7, 13 / 7, 22 / 7]);
  assert.deepEqual([second.expected, second.low80, second.high95], [17 / 7, 12 / 7, 30 / 7]);
  assert.equal(meansAhead([], days)[1].expected, 2.5);
});
