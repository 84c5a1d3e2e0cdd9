// Which rows answer what is chosen, by day, week and month, and how they stack.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bucketStart, dayNumber, fittingGrain, isoDay } from "../../../dashboards/static/js/days.js";
import { sumUnits } from "../../../dashboards/static/js/facts.js";
import { groupColours } from "../../../dashboards/static/js/group_colours.js";
import { buckets, rangeDays, rowsOfAllTime, within } from "../../../dashboards/static/js/selection.js";
import { bucketName, stackOf, stackTable, ticksOf, tickWriter } from "../../../dashboards/static/js/stacks.js";
import { reportOf, stateOf } from "./reports.mjs";

const report = reportOf([
  { day: "2026-09-30", cents: 1, provider: "openai" },
  { day: "2026-11-01", cents: 200, provider: "anthropic", account: "a", model: "opus" },
  { day: "2026-11-02", cents: 30, provider: "openai", account: "b", project: "search" },
  { day: "2026-11-02", cents: 4000, provider: "openai", source: "manual", model: null },
  { day: "2026-11-23", cents: -50, provider: "openai" },
  { day: "2026-11-23", cents: null, provider: "openai", unpriced: 9 },
]);

/** @param {string[]} names */
const coloursOf = (names) =>
  groupColours(
    names,
    "Other providers",
    ({ provider }) => provider,
    (name) => name,
  );

/** @param {Partial<import("../../../dashboards/static/js/types.js").State>} chosen */
const sumOf = (chosen) => sumUnits(rowsOfAllTime(report, stateOf(report, chosen)));

test("filters of one dimension are alternatives, of several all apply", () => {
  assert.equal(sumOf({}), 4181n);
  assert.equal(sumOf({ provider: ["openai"] }), 3981n);
  assert.equal(sumOf({ provider: ["openai", "anthropic"] }), 4181n);
  assert.equal(sumOf({ provider: ["openai"], account: ["b"] }), 30n);
  assert.equal(sumOf({ source: "manual" }), 4000n);
  assert.equal(sumOf({ model: ["No model named"] }), 4000n);
  assert.equal(sumOf({ project: ["search"], model: ["opus"] }), 0n);
});

test("ranges end today, and both their days count", () => {
  /** @param {Partial<import("../../../dashboards/static/js/types.js").State>} chosen */
  const range = (chosen) => rangeDays(report, stateOf(report, chosen)).map(isoDay);
  assert.deepEqual(range({ range: "30" }), ["2026-10-25", "2026-11-23"]);
  assert.deepEqual(range({ range: "month" }), ["2026-11-01", "2026-11-23"]);
  assert.deepEqual(range({ range: "all" }), ["2026-09-30", "2026-11-23"]);
  const [from, to] = ["2026-11-02", "2026-11-02"].map(dayNumber);
  assert.deepEqual(range({ range: "custom", from, to }), ["2026-11-02", "2026-11-02"]);
  assert.equal(sumUnits(within(report.rows, [from, to])), 4030n);
});

test("a range falls into whole buckets, empty ones too", () => {
  const range = /** @type {[number, number]} */ (["2026-09-30", "2026-11-23"].map(dayNumber));
  const months = buckets(report.rows, range, "month");
  assert.deepEqual(
    months.map(({ start, isPart, rows }) => [isoDay(start), isPart, sumUnits(rows)]),
    [
      ["2026-09-01", true, 1n],
      ["2026-10-01", false, 0n],
      ["2026-11-01", true, 4180n],
    ],
  );
  assert.deepEqual(
    months.map((month) => bucketName(month, "month")),
    ["Part month, Sep 30, 2026", "Oct 2026", "Part month, Nov 1 to Nov 23, 2026"],
  );
  assert.equal(buckets(report.rows, range, "day").length, 55);
  assert.equal(buckets(report.rows, range, "week").length, 9);
});

test("weeks begin on Monday, before 1970 too", () => {
  assert.equal(isoDay(bucketStart(dayNumber("2026-11-29"), "week")), "2026-11-23");
  assert.equal(isoDay(bucketStart(dayNumber("1969-12-28"), "week")), "1969-12-22");
});

test("the grain is the finest whose bars are four pixels wide", () => {
  assert.deepEqual(
    [90, 365, 3000].map((days) => fittingGrain([1, days], 1000)),
    ["day", "week", "month"],
  );
});

test("costs stack up, credits down, and entries by hand are a piece of their own", () => {
  const colours = coloursOf(["openai", "anthropic"]);
  const range = /** @type {[number, number]} */ (["2026-11-01", "2026-11-30"].map(dayNumber));
  const [november] = buckets(report.rows, range, "month").map((bucket) => stackOf(bucket, colours));
  assert.deepEqual(
    november.pieces.map(({ group, manual, units, y1, y2 }) => [group, manual, units, y1, y2]),
    [
      ["openai", false, -20n, 0, -0.2],
      ["openai", true, 4000n, 0, 40],
      ["anthropic", false, 200n, 40, 42],
    ],
  );
  assert.deepEqual([november.total, november.top, november.bottom], [4180n, 42, -0.2]);
  assert.deepEqual(stackTable([november], "month", colours), {
    columns: [
      { name: "Month" },
      ...["openai", "anthropic", "By hand", "Total"].map((name) => ({ name, number: true })),
    ],
    rows: [["Nov 2026", "$39.80", "$2.00", "$40.00", "at least $41.80"]],
  });
});

test("from the sixth on providers share a colour and a group", () => {
  const colours = coloursOf(["a", "b", "c", "d", "e", "f", "g"]);
  assert.deepEqual(colours.groups, ["a", "b", "c", "d", "e", "Other providers"]);
  assert.deepEqual(["a", "e", "f", "g"].map(colours.groupOf), ["a", "e", "Other providers", "Other providers"]);
  assert.deepEqual(["e", "Other providers"].map(colours.colourOf), ["var(--provider-5)", "var(--provider-other)"]);
});

test("ticks are as many as there is room for, with the year where it changes", () => {
  const first = dayNumber("2026-12-21");
  const days = Array.from({ length: 28 }, (_, step) => first + step);
  const ticks = ticksOf(days, "day", 1000);
  assert.deepEqual(ticks.map(isoDay), ["2026-12-21", "2026-12-28", "2027-01-04", "2027-01-11"]);
  assert.deepEqual(ticks.map(tickWriter(ticks, "day")), ["Dec 21, 2026", "Dec 28", "Jan 4, 2027", "Jan 11"]);
  assert.deepEqual(ticksOf(days.slice(0, 10), "day", 300), [first, first + 4, first + 8]);
});
