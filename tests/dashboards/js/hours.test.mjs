// The hours of the week under the pointer, and as a table.

import assert from "node:assert/strict";
import { test } from "node:test";
import { hoursTable, hourText } from "../../../dashboards/panels/hours.js";

const week = ["Monday", "Tuesday"].map((name, day) => ({
  name,
  tokens: Array.from({ length: 24 }, (_, hour) => `${day * 100 + hour}`),
}));

test("a place is a weekday and an hour, and one on the edge is the last", () => {
  assert.equal(hourText(week, 0, 0), "Monday 00:00, 0 tokens");
  assert.equal(hourText(week, 14.5 / 24, 0.7), "Tuesday 14:00, 114 tokens");
  assert.equal(hourText(week, 1, 1), "Tuesday 23:00, 123 tokens");
});

test("the table has a row for each hour", () => {
  const { columns, rows } = hoursTable(week);
  assert.deepEqual(
    columns.map(({ name }) => name),
    ["Hour", "Monday", "Tuesday"],
  );
  assert.deepEqual([rows.length, rows[9]], [24, ["09:00", "9", "109"]]);
});
