// From what is chosen to the rows that answer it, and those rows by day, week or month.

import { bucketAfter, bucketStart, monthStart, quarterStart, yearStart } from "./days.js";
import { nameOf } from "./facts.js";
import { DIMENSIONS } from "./report.js";

/** @import { Bucket, Grain, Report, Row, Span, State } from "./types.js" */

/**
 * The chosen range.
 * @param {Report} report
 * @param {State} state
 * @returns {Span}
 */
export function rangeDays({ rowsByKind, today }, state) {
  if (state.range === "custom" && state.from !== null && state.to !== null) return [state.from, state.to];
  if (state.range === "month") return [monthStart(today), today];
  if (state.range === "last-month") return [monthStart(monthStart(today) - 1), monthStart(today) - 1];
  if (state.range === "quarter") return [quarterStart(today), today];
  if (state.range === "year") return [yearStart(today), today];
  if (state.range === "all") {
    const days = rowsByKind[state.kind].map((row) => row.day);
    if (!days.length) return [today, today];
    return [days.reduce((a, b) => Math.min(a, b)), days.reduce((a, b) => Math.max(a, b))];
  }
  return [today - Number(state.range) + 1, today];
}

/**
 * Rows of the chosen kind and source, and of the chosen names of every dimension, over all time.
 * @param {Report} report
 * @param {State} state
 */
export function rowsOfAllTime({ rowsByKind }, state) {
  const chosen = DIMENSIONS.filter((dimension) => state[dimension].length);
  const names = chosen.map((dimension) => /** @type {const} */ ([dimension, new Set(state[dimension])]));
  return rowsByKind[state.kind].filter(
    ({ series }) =>
      (state.source === "all" || series.source === state.source) &&
      names.every(([dimension, known]) => known.has(nameOf(dimension, series[dimension]))),
  );
}

/**
 * @param {Row[]} rows
 * @param {Span} range
 */
export const within = (rows, [first, last]) => rows.filter((row) => row.day >= first && row.day <= last);

/**
 * Every bucket of the range, empty ones too, each with its rows and the days of it that the range covers.
 * @param {Row[]} rows
 * @param {Span} range
 * @param {Grain} grain
 */
export function buckets(rows, [first, last], grain) {
  /** @type {Map<number, Bucket>} */
  const found = new Map();
  for (let start = bucketStart(first, grain); start <= last; start = bucketAfter(start, grain)) {
    const end = bucketAfter(start, grain) - 1;
    const [from, to] = [Math.max(start, first), Math.min(end, last)];
    found.set(start, { start, from, to, isPart: start < first || end > last, rows: [] });
  }
  for (const row of rows) found.get(bucketStart(row.day, grain))?.rows.push(row);
  return [...found.values()];
}
