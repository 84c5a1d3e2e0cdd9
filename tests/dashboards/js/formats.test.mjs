// How the page writes figures and days; tests/browser holds it to what the server writes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { dayNumber } from "../../../dashboards/static/js/days.js";
import * as formats from "../../../dashboards/static/js/formats.js";

beforeEach(() => formats.setFormats({ locale: "en-US", currency: "USD", scale: 4 }));

test("money is whole from a hundred on and exact below", () => {
  const written = [112604900n, 999950n, 482000n, 0n, 42n, -241750n].map((units) => formats.money(units));
  assert.deepEqual(written, ["$11,260", "$100.00", "$48.20", "$0.00", "$0.0042", "−$24.18"]);
  assert.equal(formats.money(1050000n, { signed: true }), "+$105");
  assert.equal(formats.money(0n, { signed: true }), "$0.00");
});

test("an amount that a float cannot hold is written exactly", () => {
  formats.setFormats({ scale: 2 });
  assert.equal(formats.money(900719925474099301n), "$9,007,199,254,740,993");
  assert.equal(formats.exactText(-900719925474099310n), "-9007199254740993.10");
});

test("another currency or scale applies from then on", () => {
  assert.equal(formats.money(12300n), "$1.23");
  formats.setFormats({ currency: "EUR", scale: 2 });
  assert.equal(formats.money(12300n), "€123");
  assert.equal(formats.exactText(5n), "0.05");
});

test("axes are short", () => {
  assert.deepEqual([11260, 1500, 0.5, -2500000].map(formats.compactMoney), ["$11.3K", "$1.5K", "$0.5", "−$2.5M"]);
});

test("ratios are whole percent, and from ten times up a factor", () => {
  const written = [0.06, 0.004, 0, -0.545, 9.99, 12.4, 1234].map((ratio) => formats.percent(ratio));
  assert.deepEqual(written, ["6%", "<1%", "0%", "−55%", "999%", "12×", "1,234×"]);
  assert.equal(formats.percent(0.06, { signed: true }), "+6%");
  assert.deepEqual([0.2254, 0.0004, 0, -0.03].map(formats.shareText), ["22.5%", "<0.1%", "0.0%", "−3.0%"]);
});

test("tokens have three significant digits", () => {
  assert.deepEqual([0, 812, 52340, 999600, 1030000000].map(formats.tokens), ["0", "812", "52.3K", "1.00M", "1.03B"]);
});

test("days and their spans", () => {
  const [october, november, last] = ["2026-10-30", "2026-11-01", "2027-01-03"].map(dayNumber);
  assert.equal(formats.shortSpan(november, november + 21), "Nov 1–22");
  assert.equal(formats.shortSpan(october, november), "Oct 30 to Nov 1");
  assert.equal(formats.span(october, november), "Oct 30 to Nov 1, 2026");
  assert.equal(formats.span(november, last), "Nov 1, 2026 to Jan 3, 2027");
  assert.equal(formats.weekday(last), "Sun, Jan 3, 2027");
  assert.equal(formats.counted(1, "day"), "1 day");
  assert.equal(formats.counted(1200, "day"), "1,200 days");
});
