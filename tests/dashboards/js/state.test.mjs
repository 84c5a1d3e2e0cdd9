// What a reader has chosen, and the links that restore it.

import assert from "node:assert/strict";
import { test } from "node:test";
import "../../../dashboards/panels/comparison.js";
import "../../../dashboards/panels/daily.js";
import "../../../dashboards/panels/forecast.js";
import { dayNumber } from "../../../dashboards/static/js/days.js";
import { panel } from "../../../dashboards/static/js/panels.js";
import * as state from "../../../dashboards/static/js/state.js";
import { reportOf, stateOf } from "./reports.mjs";

const VALUE = { kind: "list_price_value", label: "List-price value", noun: "list-price value" };
const SPEND = { kind: "spend", label: "Spend", noun: "spend" };

const report = reportOf(
  [
    { day: "2026-10-01", cents: 100, provider: "openai", project: "search", key: "ci" },
    { day: "2026-11-20", cents: 50, provider: "a&b=c", source: "manual", model: null },
    { day: "2026-11-21", cents: 10, provider: "agent", kind: "list_price_value", source: "local" },
  ],
  { context: { costViews: [SPEND, VALUE] } },
);

test("nothing chosen is an empty link", () => {
  assert.equal(state.writeLink(report, state.defaults(report)), "");
  assert.deepEqual(state.readLink(report, ""), state.defaults(report));
});

test("a link restores every choice", () => {
  const chosen = stateOf(report, {
    source: "manual",
    range: "custom",
    from: dayNumber("2026-10-05"),
    to: dayNumber("2026-11-20"),
    provider: ["a&b=c", "openai"],
    model: ["No model named"],
    key: ["ci"],
    group: "project",
    day: dayNumber("2026-11-20"),
    options: { grain: "week", horizon: "30", compare: "quarter", against: "year" },
  });
  const link = state.writeLink(report, chosen);
  assert.equal(
    link,
    "source=manual&range=custom&compare=quarter&against=year&grain=week&horizon=30&from=2026-10-05&to=2026-11-20" +
      "&provider=a%26b%3Dc&provider=openai&key=ci&model=No+model+named&group=project&day=2026-11-20",
  );
  assert.deepEqual(state.readLink(report, `#${link}`), chosen);
});

test("what a link asks for and the report does not have is ignored", () => {
  const wrong =
    "#source=local&range=9999&provider=nobody&grain=hour&horizon=1e9&kind=both&from=1&__proto__=1&group=host&day=2026-02-30";
  assert.deepEqual(state.readLink(report, wrong), state.defaults(report));
  for (const dates of [
    "",
    "&from=2026-02-30&to=2026-11-01",
    "&from=2026-11-20&to=2026-11-01",
    "&from=2030-01-01&to=2030-02-01",
  ]) {
    assert.equal(state.readLink(report, `#range=custom${dates}`).range, "90");
  }
});

test("the usual range is all time where the last 90 days have nothing", () => {
  const old = reportOf([{ day: "2025-01-01", cents: 100 }]);
  assert.equal(state.defaults(old).range, "all");
});

test("another kind of cost keeps what it has too", () => {
  const chosen = stateOf(report, { source: "manual", provider: ["openai"], options: { grain: "week" } });
  const turned = state.withKind(report, chosen, "list_price_value");
  assert.deepEqual(
    { kind: turned.kind, source: turned.source, provider: turned.provider, options: turned.options },
    { kind: "list_price_value", source: "all", provider: [], options: { grain: "week" } },
  );
});

test("a range changes the page, and does not filter it", () => {
  const usual = state.defaults(report);
  assert.equal(state.isChanged(report, usual), false);
  assert.equal(state.isFiltered({ ...usual, range: "all" }), false);
  assert.equal(state.isChanged(report, { ...usual, range: "all" }), true);
  assert.equal(state.isFiltered({ ...usual, model: ["gpt"] }), true);
});

test("two scripts of one panel, or two options of one name, are refused", () => {
  const nothing = () => {};
  assert.throws(() => panel("daily", nothing), /two scripts draw the panel daily/);
  const options = { grain: { values: ["day"], usual: "day" } };
  assert.throws(() => panel("other", nothing, { options }), /two panels have an option grain/);
});
