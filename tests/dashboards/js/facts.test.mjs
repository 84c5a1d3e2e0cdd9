// The rows a page carries, read back to the last digit, and their sums.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayNumber } from "../../../dashboards/static/js/days.js";
import { exactWhole, namesByCost, readFacts, sumTokens, sumUnits } from "../../../dashboards/static/js/facts.js";
import { reportOf } from "./reports.mjs";

test("a whole number of any length is read exactly", () => {
  for (const number of [0n, 35n, 36n, -36n, 2n ** 53n + 1n, 123456789012345678901234567890n, -(10n ** 24n) - 7n]) {
    assert.equal(exactWhole(number.toString(36)), number);
  }
});

test("a series is spread over its days, and unknown is null, not zero", () => {
  const names = {
    provider: ["openai"],
    account: ["main"],
    host: [null, "laptop"],
    model: [null, "gpt"],
    project: [null],
    key: [null, "ci"],
    source: ["api"],
    spread: [null, "spread"],
    kind: ["spend"],
    currency: ["EUR", "USD"],
  };
  const columns = [
    ...Object.keys(names),
    "rows",
    "unit",
    "days",
    "amounts",
    "converted",
    "input",
    "cached",
    "output",
    "unsplit",
    "unpriced",
  ];
  const series = [
    [0, 0, 1, 1, 0, 1, 0, 1, 0, 1, 3, "2", "0,1,a", "h5,,-1", "", "5,,", "1,,", "2,,", "0,,a", "0,3,"],
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, "1", "0", "z", "", "", "", "", "", "0"],
  ];
  const rows = readFacts({ format: 3, scale: 2, first_day: "2026-11-01", columns, names, series }, "USD");
  assert.deepEqual(
    rows.map(({ series: _, billed: __, ...row }) => row),
    [
      { day: dayNumber("2026-11-01"), units: 1234n, input: 5, cached: 1, output: 2, total: 8, unpriced: 0 },
      { day: dayNumber("2026-11-02"), units: null, input: null, cached: null, output: null, total: null, unpriced: 3 },
      { day: dayNumber("2026-11-12"), units: -2n, input: null, cached: null, output: null, total: 10, unpriced: 0 },
    ],
  );
  const { model, project, key, host, isSpread } = rows[0].series;
  assert.deepEqual([model, project, key, host, isSpread], ["gpt", null, "ci", "laptop", true]);
});

test("amounts add up exactly, tokens only where they are known", () => {
  const { rows } = reportOf([
    { day: "2026-11-01", cents: 2 ** 53 - 1, tokens: 5 },
    { day: "2026-11-02", cents: 2 },
    { day: "2026-11-03", cents: null, tokens: 7, unpriced: 7 },
  ]);
  assert.equal(sumUnits(rows), 9007199254740993n);
  assert.equal(sumTokens(rows, "input"), 12);
  assert.equal(sumTokens(rows, "unpriced"), 7);
  assert.equal(sumTokens(rows.slice(1, 2), "input"), null);
});

test("names come by cost, equal costs by name", () => {
  const { rows, choices } = reportOf([
    { day: "2026-11-01", cents: 5, model: "b" },
    { day: "2026-11-01", cents: 5, model: "a" },
    { day: "2026-11-01", cents: 9, model: null },
    { day: "2026-11-02", cents: -1, model: "c" },
  ]);
  assert.deepEqual(namesByCost("model", rows), ["No model named", "a", "b", "c"]);
  assert.deepEqual(choices.spend.model, ["No model named", "a", "b", "c"]);
});

test("of an empty page nothing is read", () => {
  const report = reportOf([]);
  assert.deepEqual(report.rows, []);
  assert.deepEqual([report.firstDay, report.lastDay], [report.today, report.today]);
});
