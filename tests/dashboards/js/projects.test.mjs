// The table of projects: one line per name, what belongs to none last, and what credits and missing prices leave unknown.

import assert from "node:assert/strict";
import { test } from "node:test";
import { projectsFinding, projectsOf } from "../../../dashboards/panels/projects.js";
import { reportOf } from "./reports.mjs";

const { rows } = reportOf([
  { day: "2026-11-01", cents: 300, project: "vision-lab", provider: "openai" },
  { day: "2026-11-02", cents: 500, project: "vision-lab", provider: "anthropic" },
  { day: "2026-11-02", cents: null, project: "fleet", tokens: 5, unpriced: 5 },
  { day: "2026-11-02", cents: 1200, project: null },
]);

test("a project of several providers is one line, and what has none comes last", () => {
  const before = reportOf([{ day: "2026-10-01", cents: 400, project: "vision-lab" }]).rows;
  const projects = projectsOf(rows, { now: rows, before });
  assert.deepEqual(
    projects.map(({ name, units, unpriced, share, changeText, providers }) => [
      name,
      units,
      unpriced,
      share,
      changeText,
      providers,
    ]),
    [
      ["vision-lab", 800n, 0, 0.4, "+100%", ["anthropic", "openai"]],
      ["fleet", null, 5, null, "–", ["openai"]],
      ["No project named", 1200n, 0, 0.6, "new", ["openai"]],
    ],
  );
  assert.equal(projectsFinding(projects, "spend"), "vision-lab is 40% of spend; 60% has no project");
});

test("a credit leaves no shares, and no finding of them", () => {
  const credited = reportOf([
    { day: "2026-11-01", cents: 500, project: "a" },
    { day: "2026-11-01", cents: -100, project: "b" },
  ]).rows;
  const projects = projectsOf(credited, null);
  assert.deepEqual(
    projects.map(({ name, units, share }) => [name, units, share]),
    [
      ["a", 500n, null],
      ["b", -100n, null],
    ],
  );
  assert.equal(projectsFinding(projects, "spend"), "Projects");
});
