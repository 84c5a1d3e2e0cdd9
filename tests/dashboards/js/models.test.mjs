// The table of models: its figures, their order and their search.

import assert from "node:assert/strict";
import { test } from "node:test";
import { modelsFinding } from "../../../dashboards/panels/models.js";
import * as figures from "../../../dashboards/static/js/group_figures.js";
import { DIMENSIONS } from "../../../dashboards/static/js/report.js";
import { reportOf, stateOf } from "./reports.mjs";

const report = reportOf([
  { day: "2026-11-01", cents: 300, model: "opus", tokens: 1000 },
  { day: "2026-11-02", cents: 300, model: "opus", tokens: 3000, source: "manual" },
  { day: "2026-11-02", cents: null, model: "new", tokens: 500, unpriced: 500 },
  { day: "2026-11-02", cents: 200, model: null, source: "manual" },
]);

test("a model's tokens, cost, rate and share", () => {
  const models = figures.linesOf(report.rows, "model", null);
  assert.deepEqual(
    models.map(({ name, sources, total, units, rate, share, changeText }) => [
      name,
      sources,
      total,
      units,
      rate,
      share,
      changeText,
    ]),
    [
      ["opus", ["api", "manual"], 4000, 600n, 1500, 0.75, "–"],
      ["new", ["api"], 500, null, null, null, "–"],
      ["No model named", ["manual"], null, 200n, null, 0.25, "–"],
    ],
  );
});

test("changes are of the spans compared, not of what is on screen", () => {
  const before = reportOf([{ day: "2026-10-01", cents: 400, model: "opus" }]).rows;
  const models = figures.linesOf(report.rows, "model", { now: report.rows, before });
  assert.deepEqual(
    models.map((model) => [model.name, model.changeText]),
    [
      ["opus", "+50%"],
      ["new", "–"],
      ["No model named", "new"],
    ],
  );
  assert.equal(figures.togetherOf(models, 800n).changeText, "+100%");
});

test("a change from nothing is new, and of nothing unknown", () => {
  assert.deepEqual(figures.changeOf(5n, 0n), { change: Infinity, changeText: "new" });
  assert.deepEqual(figures.changeOf(0n, 0n), { change: null, changeText: "–" });
  assert.deepEqual(figures.changeOf(5n, null), { change: null, changeText: "–" });
  assert.deepEqual(figures.changeOf(5n, 10n), { change: -0.5, changeText: "−50%" });
});

test("there are no shares where a credit turns a model's cost below zero", () => {
  const { rows } = reportOf([
    { day: "2026-11-01", cents: 500, model: "a" },
    { day: "2026-11-01", cents: -100, model: "b" },
  ]);
  assert.equal(figures.totalOfShares(rows, "model"), 0n);
  assert.deepEqual(
    figures.linesOf(rows, "model", null).map((model) => model.share),
    [null, null],
  );
});

test("under every grouping the lines add up to the rows, and credits and unnamed rows are among them", () => {
  const mixed = reportOf([
    { day: "2026-11-01", cents: 2 ** 53 - 1, project: "a", key: "ci", account: "main" },
    { day: "2026-11-01", cents: 2, project: null, key: null, host: "laptop", source: "local" },
    { day: "2026-11-02", cents: -77, provider: "groq", model: null, source: "manual", spread: "spread" },
    { day: "2026-11-02", cents: null, unpriced: 9, project: "a" },
  ]);
  /** @type {import("../../../dashboards/static/js/types.js").Group[]} */
  const groups = [...DIMENSIONS, "source"];
  for (const group of groups) {
    const lines = figures.linesOf(mixed.rows, group, null);
    assert.equal(
      lines.reduce((sum, line) => sum + (line.units ?? 0n), 0n),
      9007199254740916n,
      group,
    );
  }
  assert.deepEqual(
    figures.linesOf(mixed.rows, "key", null).map(({ name, units, providers }) => [name, units, providers]),
    [
      ["ci", 9007199254740991n, ["openai"]],
      ["No key named", -75n, ["groq", "openai"]],
    ],
  );
  const colours = mixed.coloursOf("spend", "project");
  assert.deepEqual(
    [colours.groups, mixed.coloursOf("spend", "project") === colours],
    [["a", "No project named"], true],
  );
});

test("lines that are folded into one add up", () => {
  const models = figures.linesOf(report.rows, "model", null);
  const together = figures.togetherOf(models.slice(1), 800n);
  assert.deepEqual([together.units, together.share, together.unpriced, together.total], [200n, 0.25, 500, 500]);
});

test("models are sorted by any column, the unknown last either way, and searched by name and provider", () => {
  const models = figures.linesOf(report.rows, "model", null);
  /** @type {(key: figures.Column, descending: boolean) => string} */
  const order = (key, descending) =>
    figures
      .sortLines(models, key, descending)
      .map((model) => model.name)
      .join();
  assert.equal(order("cost", true), "opus,No model named,new");
  assert.equal(order("cost", false), "No model named,opus,new");
  assert.equal(order("name", false), "No model named,new,opus");
  assert.deepEqual(
    figures.searchLines(models, "OPUS").map((model) => model.name),
    ["opus"],
  );
  assert.equal(figures.searchLines(models, "openai").length, 3);
});

test("the title names what a few models make up, and the line under it what figures lack", () => {
  const models = figures.linesOf(report.rows, "model", null);
  assert.deepEqual(modelsFinding({ report, state: stateOf(report), rows: report.rows }, models, null), {
    title: "Spend by model",
    subtitle:
      "Spend on the chosen days. Manual entries carry cost without tokens. Some use has no price: those costs are at " +
      "least what they say.",
  });
  const many = reportOf([50, 20, 10, 10, 10].map((cents, place) => ({ day: "2026-11-01", cents, model: `m${place}` })));
  const finding = modelsFinding(
    { report: many, state: stateOf(many), rows: many.rows },
    figures.linesOf(many.rows, "model", null),
    null,
  );
  assert.equal(finding.title, "Three of 5 models make up 80% of spend");
});
