// The rows behind the filters as a file: every digit, and no formula.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayNumber } from "../../../dashboards/static/js/days.js";
import { csvOf, downloadName, jsonOf } from "../../../dashboards/static/js/download.js";
import { statusLine } from "../../../dashboards/static/js/menus.js";
import { reportOf, stateOf } from "./reports.mjs";

/** @import { Span } from "../../../dashboards/static/js/types.js" */

const report = reportOf([
  { day: "2026-11-23", cents: -5, provider: "=1+1", account: 'a "b", c', model: null, project: "-x", tokens: 7 },
  { day: "2026-11-01", cents: 123456, provider: "openai", unpriced: 3 },
]);
/** @type {Span} */
const RANGE = [dayNumber("2026-11-01"), report.today];

test("a CSV file has every row, the earliest first, and text that no spreadsheet runs", () => {
  assert.equal(
    csvOf(report, report.rows),
    "\ufeffdate,provider,account,host,model,project,key,source,cost_kind,cost,currency,billed_cost,billing_currency," +
      "input_tokens,cached_tokens,output_tokens,total_tokens,unpriced_tokens,incomplete\r\n" +
      "2026-11-01,openai,main,,gpt,,,api,spend,1234.56,USD,1234.56,USD,,,,,3,false\r\n" +
      '2026-11-23,\'=1+1,"a ""b"", c",,,\'-x,,api,spend,-0.05,USD,-0.05,USD,7,0,0,7,0,true\r\n',
  );
});

test("a JSON file has its filters and its exact total", () => {
  const state = stateOf(report, { provider: ["openai"] });
  const content = JSON.parse(jsonOf(report, state, report.rows.slice(1), RANGE));
  assert.deepEqual(content.filters, {
    from: "2026-11-01",
    to: "2026-11-23",
    source: "all",
    provider: ["openai"],
    account: [],
    host: [],
    project: [],
    key: [],
    model: [],
  });
  assert.equal(content.total, "1234.56");
  assert.equal(content.rows.length, 1);
});

test("a file's name tells what is in it", () => {
  assert.equal(
    downloadName(report, stateOf(report, { model: ["gpt"] }), RANGE, "csv"),
    "ai-cost_northwind-labs_spend_2026-11-01_2026-11-23_all_filtered.csv",
  );
});

test("the status line says what is on screen", () => {
  const state = stateOf(report, { source: "api", provider: ["openai", "=1+1"] });
  assert.equal(
    statusLine(report, state, report.rows, RANGE),
    "Nov 1 to Nov 23, 2026 · API only · openai, =1+1 · at least $1,235 spend",
  );
  assert.match(statusLine(report, state, [], RANGE), /no cost matches$/);
});
