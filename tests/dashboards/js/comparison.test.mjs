// Which spans are compared, on which sources, and in which words.

import assert from "node:assert/strict";
import { test } from "node:test";
import { barsOf, changesBy, comparisonTitle, lineOf } from "../../../dashboards/panels/comparison.js";
import { dailyFinding } from "../../../dashboards/panels/daily.js";
import { comparisonOf, without } from "../../../dashboards/static/js/comparable_spans.js";
import { comparableFrom, spansOf } from "../../../dashboards/static/js/compared_spans.js";
import { dayNumber, isoDay } from "../../../dashboards/static/js/days.js";
import { reportOf, stateOf } from "./reports.mjs";

/** @import { RecordedSource, Span } from "../../../dashboards/static/js/types.js" */

const OPENAI = { provider: "openai", account: "main" };
const GROQ = { provider: "groq", account: "main" };

/** @type {RecordedSource[]} */
const RECORDED = [
  ["USD", "spend", "openai", "main", "api", "openai", "2025-01-01", null],
  ["USD", "spend", "groq", "main", "api", "groq", "2026-11-10", null],
];

/** @type {Span} */
const NOW = [dayNumber("2026-11-16"), dayNumber("2026-11-22")];
/** @type {Span} */
const BEFORE = [dayNumber("2026-11-09"), dayNumber("2026-11-15")];

const report = reportOf(
  [
    { day: "2026-11-10", cents: 20000, ...OPENAI },
    { day: "2026-11-12", cents: 3000, ...GROQ },
    { day: "2026-11-17", cents: 25000, ...OPENAI },
    { day: "2026-11-18", cents: 4800, ...GROQ },
  ],
  { context: { recorded: RECORDED } },
);

test("a source that is not recorded in both spans whole is left out and named", () => {
  const compared = comparisonOf(report, stateOf(report), NOW, BEFORE);
  assert.equal(compared.isComparable, true);
  assert.deepEqual(
    [compared.now, compared.before].map((rows) => rows.map((row) => row.units)),
    [[25000n], [20000n]],
  );
  assert.equal(without(report, compared.leftOut), "without groq, recorded from Nov 10 on: $48.00");
  assert.equal(comparisonTitle(compared, "the week before"), "Up $50.00 (+25%) on the week before");
});

test("where most of the cost is left out, nothing is compared", () => {
  assert.equal(comparisonOf(report, stateOf(report, { provider: ["groq"] }), NOW, BEFORE).isComparable, false);
  assert.equal(without(report, []), "");
});

test("more than two sources left out are counted, with the sum of their known amounts", () => {
  const span = { from: dayNumber("2026-11-10"), through: Infinity, isLate: true };
  const ended = { from: 0, through: dayNumber("2025-12-31"), isLate: false };
  const leftOut = [
    { ...span, name: "a", units: 900n },
    { ...ended, name: "b", units: null },
    { ...span, name: "c", units: 50n },
    { ...span, name: "d", units: 60n },
  ];
  assert.equal(
    without(report, leftOut),
    "without a, recorded from Nov 10 on: $9.00, and b, recorded only through Dec 31, 2025, and 2 more: $1.10",
  );
});

test("the daily title compares complete days only", () => {
  const range = /** @type {Span} */ ([dayNumber("2026-11-16"), report.today]);
  const state = stateOf(report, { range: "custom", from: range[0], to: range[1], provider: ["openai"] });
  const rows = report.rows.filter((row) => row.day >= range[0] && row.series.provider === "openai");
  assert.deepEqual(dailyFinding({ report, state, rows, range }), {
    title: "Spend up 25% on the 7 days before",
    subtitle: "$250 on Nov 16 to Nov 23, 2026, stacked by provider",
  });
  assert.equal(dailyFinding({ report, state: { ...state, range: "all" }, rows, range }).title, "Spend by provider");
});

test("changes come by size, and costs without a model under their provider", () => {
  const { rows: before } = reportOf([
    { day: "2026-10-01", cents: 500, model: "falls" },
    { day: "2026-10-01", cents: 100, model: "level" },
  ]);
  const { rows: now } = reportOf([
    { day: "2026-11-01", cents: 200, model: "falls" },
    { day: "2026-11-01", cents: 100, model: "level" },
    { day: "2026-11-01", cents: 70, model: null },
    { day: "2026-11-01", cents: 70, model: "equal" },
  ]);
  assert.deepEqual(
    changesBy(lineOf(report, "model"), now, before).map(({ name, change }) => [name, change]),
    [
      ["equal", 70n],
      ["openai, no model", 70n],
      ["falls", -300n],
    ],
  );
});

test("the largest rises and falls have bars, and all others one that makes up the rest", () => {
  const change = /** @param {number} cents */ (cents) => ({
    name: `m${cents}`,
    series: report.rows[0].series,
    now: 0n,
    before: 0n,
    change: BigInt(cents),
  });
  const many = [9, 8, 7, 6, 5, 4, 3, -1, -2, -3, -4, -5].map(change);
  const bars = barsOf(many);
  assert.deepEqual(
    bars.map((bar) => bar.name),
    ["m9", "m8", "m7", "m6", "m5", "m-2", "m-3", "m-4", "m-5", "3 others"],
  );
  assert.equal(bars.at(-1)?.change, 6n);
  assert.equal(
    barsOf(many.slice(0, 6))
      .map((bar) => bar.name)
      .join(),
    "m9,m8,m7,m6,m5,m4",
  );
});

/** @type {(compare: string, against: string, today: string, range?: Span) => import("../../../dashboards/static/js/compared_spans.js").Compared | null} */
const spans = (compare, against, today, range = NOW) =>
  spansOf({ options: { compare, against } }, range, dayNumber(today));

test("any span is compared with the one before or a year before, and complete days with as many", () => {
  /** @type {(compare: string, against: string, today: string) => string} */
  const written = (compare, against, today) => {
    const found = spans(compare, against, today);
    return found ? [...found.current, ...found.previous].map(isoDay).join(" ") : "none";
  };
  const today = "2026-11-23";
  assert.equal(written("month", "previous", today), "2026-11-01 2026-11-22 2026-10-01 2026-10-22");
  assert.equal(written("month", "previous", "2026-03-31"), "2026-03-01 2026-03-30 2026-02-01 2026-02-28");
  assert.equal(written("month", "year", today), "2026-11-01 2026-11-22 2025-11-01 2025-11-22");
  assert.equal(written("last-month", "previous", today), "2026-10-01 2026-10-31 2026-09-01 2026-09-30");
  assert.equal(written("quarter", "previous", today), "2026-10-01 2026-11-22 2026-07-01 2026-08-22");
  assert.equal(written("last-quarter", "year", today), "2026-07-01 2026-09-30 2025-07-01 2025-09-30");
  assert.equal(written("year", "previous", today), "2026-01-01 2026-11-22 2025-01-01 2025-11-22");
  assert.equal(written("range", "previous", today), "2026-11-16 2026-11-22 2026-11-09 2026-11-15");
  assert.equal(written("range", "year", today), "2026-11-16 2026-11-22 2025-11-16 2025-11-22");
  assert.equal(written("month", "previous", "2026-11-01"), "none");
});

test("since when a span can be compared follows from since when its source is recorded", () => {
  /** @type {(compare: string, against: string, from: string) => string} */
  const since = (compare, against, from) => {
    const found = spans(compare, against, "2026-11-23");
    assert.ok(found);
    return isoDay(comparableFrom(found, dayNumber(from)));
  };
  assert.equal(since("month", "previous", "2026-10-28"), "2026-12-01");
  assert.equal(since("month", "previous", "2026-11-01"), "2026-12-01");
  assert.equal(since("quarter", "previous", "2026-10-28"), "2027-04-01");
  assert.equal(since("year", "previous", "2026-10-28"), "2028-01-01");
  assert.equal(since("quarter", "year", "2026-10-28"), "2028-01-01");
  assert.equal(since("range", "year", "2026-10-28"), "2027-10-28");
  assert.equal(since("range", "previous", "2026-11-10"), "2026-11-17");
});
