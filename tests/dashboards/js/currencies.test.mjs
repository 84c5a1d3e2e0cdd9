// Every amount in the reporting currency, or what is billed in one currency alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { dayNumber } from "../../../dashboards/static/js/days.js";
import { csvOf, downloadName, jsonOf } from "../../../dashboards/static/js/download.js";
import { sumUnits } from "../../../dashboards/static/js/facts.js";
import { statusLine } from "../../../dashboards/static/js/menus.js";
import { nothingText } from "../../../dashboards/static/js/report.js";
import * as state from "../../../dashboards/static/js/state.js";
import { reportOf, stateOf } from "./reports.mjs";

/** @import { Span } from "../../../dashboards/static/js/types.js" */

const ENTRIES = [
  { day: "2026-11-20", cents: 1000, currency: "USD", provider: "anthropic" },
  { day: "2026-11-20", cents: 2000, currency: "EUR", provider: "mistral", converted: 2168 },
  { day: "2026-11-21", cents: 500000, currency: "JPY", provider: "sakana" },
  { day: "2026-11-21", cents: null, currency: "USD", provider: "openai", unpriced: 7 },
];
const CONTEXT = { context: { billingCurrencies: ["EUR", "JPY", "USD"] } };
/** @type {Span} */
const RANGE = [dayNumber("2026-11-01"), dayNumber("2026-11-23")];

test("all of it is what counts in the reporting currency, and never what has no rate", () => {
  const report = reportOf(ENTRIES, CONTEXT);
  assert.deepEqual(report.currencies, ["all", "EUR", "JPY", "USD"]);
  assert.equal(sumUnits(report.rows), 3168n);
  assert.deepEqual(report.choices.spend.provider, ["mistral", "anthropic", "openai"]);
  assert.equal(
    statusLine(report, stateOf(report), report.rows, RANGE),
    "Nov 1 to Nov 23, 2026 \u00b7 all sources \u00b7 at least $31.68 spend, with EUR converted at the rate of each day",
  );
});

test("a currency alone is as it is billed", () => {
  const euros = reportOf(ENTRIES, { ...CONTEXT, chosen: "EUR" });
  assert.deepEqual(euros.choices.spend.provider, ["mistral"]);
  const chosen = stateOf(euros, { currency: "EUR" });
  assert.equal(
    statusLine(euros, chosen, euros.rows, RANGE),
    "Nov 1 to Nov 23, 2026 \u00b7 all sources \u00b7 EUR only \u00b7 \u20ac20.00 spend",
  );
  const yen = reportOf(ENTRIES, { ...CONTEXT, chosen: "JPY" });
  assert.equal(sumUnits(yen.rows), 500000n);
});

test("a download has each amount as it counts and as it is billed", () => {
  const report = reportOf(ENTRIES, CONTEXT);
  assert.deepEqual(csvOf(report, report.rows).split("\r\n").slice(1, 3), [
    "2026-11-20,anthropic,main,,gpt,,,api,spend,10.00,USD,10.00,USD,,,,,0,false",
    "2026-11-20,mistral,main,,gpt,,,api,spend,21.68,USD,20.00,EUR,,,,,0,false",
  ]);
  assert.equal(JSON.parse(jsonOf(report, stateOf(report), report.rows, RANGE)).total, "31.68");
  const euros = reportOf(ENTRIES, { ...CONTEXT, chosen: "EUR" });
  const content = JSON.parse(jsonOf(euros, stateOf(euros), euros.rows, RANGE));
  assert.deepEqual([content.currency, content.billing_currency, content.total], ["EUR", "EUR", "20.00"]);
  assert.equal(
    downloadName(euros, stateOf(euros), RANGE, "csv"),
    "ai-cost_northwind-labs_spend_2026-11-01_2026-11-23_all_EUR.csv",
  );
});

test("where nothing counts in the reporting currency, what is recorded is shown in its own", () => {
  const page = { context: { billingCurrencies: ["EUR"] }, chosen: "EUR" };
  const report = reportOf([{ day: "2026-11-20", cents: 2000, currency: "EUR" }], page);
  assert.deepEqual(report.currencies, ["EUR"]);
  assert.equal(state.defaults(report).currency, "EUR");
  assert.equal(sumUnits(report.rows), 2000n);
  const dollars = reportOf([{ day: "2026-11-20", cents: 2000, currency: "EUR" }], { ...page, chosen: "all" });
  assert.match(nothingText(dollars), /^No amount counts in USD; the others have no exchange rate/);
});

test("one currency, that of the report, leaves nothing to choose", () => {
  assert.deepEqual(reportOf([{ day: "2026-11-20", cents: 2000 }]).currencies, ["all"]);
});

test("a link restores the currency, and keeps what it has of the other choices", () => {
  const report = reportOf(ENTRIES, CONTEXT);
  const euros = reportOf(ENTRIES, { ...CONTEXT, chosen: "EUR" });
  const both = stateOf(report, { provider: ["mistral", "anthropic"], range: "month" });
  const chosen = state.withKind(euros, both, "spend", "EUR");
  const link = state.writeLink(euros, chosen);
  assert.equal(link, "currency=EUR&range=month&provider=mistral");
  assert.equal(state.linkedCurrency(euros.currencies, `#${link}`), "EUR");
  assert.deepEqual(state.readLink(euros, `#${link}`), chosen);
  assert.equal(state.linkedCurrency(euros.currencies, "#currency=GBP"), "all");
  assert.equal(state.isChanged(euros, chosen), true);
});
