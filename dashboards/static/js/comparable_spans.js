// Which sources two spans can be compared on, and which are left out, in rows and in words.

import { yearOf } from "./days.js";
import { compareNames, compareUnits } from "./facts.js";
import { absolute, fullDay, money, shortDay } from "./formats.js";
import { sourceKey } from "./report.js";
import { rowsOfAllTime, within } from "./selection.js";

/** @import { RecordedSpan, Report, Row, Span, State } from "./types.js" */
/** @typedef {"now" | "before"} Side */
/** @typedef {Map<string, Record<Side, bigint | null>>} SourceSums */
/** @typedef {RecordedSpan & { isLate: boolean, units: bigint | null }} LeftOut a source, and what it costs now */

const NAMED = 2;

/**
 * The rows of two spans that can be compared, and the sources left out with what they cost now, the costliest first. The
 * rule is that of rpt_comparison_sources, for any days and filters: a source is compared where it is recorded in both
 * spans whole, and where such sources cost at least half of each span.
 * @param {Report} report
 * @param {State} state
 * @param {Span} current
 * @param {Span} previous
 */
export function comparisonOf(report, state, current, previous) {
  const all = rowsOfAllTime(report, state);
  const [now, before] = [within(all, current), within(all, previous)];
  const sums = sumsBySource(now, before);
  /** @param {string} key */
  const covers = (key) => {
    const recorded = report.recorded.get(key);
    return recorded !== undefined && recorded.from <= previous[0] && recorded.through >= current[1];
  };
  /** @param {Side} side */
  const isMostlyCovered = (side) => {
    let [covered, whole] = [0n, 0n];
    for (const [key, units] of sums) {
      const size = absolute(units[side] ?? 0n);
      whole += size;
      if (covers(key)) covered += size;
    }
    return 2n * covered >= whole;
  };
  return {
    isComparable: [...sums.keys()].some(covers) && isMostlyCovered("now") && isMostlyCovered("before"),
    now: now.filter((row) => covers(sourceKey(row.series))),
    before: before.filter((row) => covers(sourceKey(row.series))),
    leftOut: leftOutOf(report, sums, covers, previous),
  };
}

/** @typedef {ReturnType<typeof comparisonOf>} Comparison */

/**
 * @param {Report} report
 * @param {SourceSums} sums
 * @param {(key: string) => boolean} covers
 * @param {Span} previous
 * @returns {LeftOut[]}
 */
function leftOutOf(report, sums, covers, previous) {
  const found = [...sums].flatMap(([key, units]) => {
    const recorded = report.recorded.get(key);
    if (!recorded || covers(key)) return [];
    return [{ ...recorded, isLate: recorded.from > previous[0], units: units.now }];
  });
  return found.sort(
    (a, b) => compareUnits(absolute(b.units ?? 0n), absolute(a.units ?? 0n)) || compareNames(a.name, b.name),
  );
}

/**
 * @param {Row[]} now
 * @param {Row[]} before
 */
function sumsBySource(now, before) {
  /** @type {SourceSums} */
  const sums = new Map();
  /** @type {(rows: Row[], side: Side) => void} */
  const add = (rows, side) => {
    for (const row of rows) {
      if (row.units === null) continue;
      const key = sourceKey(row.series);
      const entry = sums.get(key) ?? { now: null, before: null };
      entry[side] = (entry[side] ?? 0n) + row.units;
      sums.set(key, entry);
    }
  };
  add(now, "now");
  add(before, "before");
  return sums;
}

/**
 * Why a source is left out: "recorded from Oct 28 on".
 * @param {Report} report
 * @param {LeftOut} source
 */
export function reasonOf({ today }, { isLate, from, through }) {
  /** @param {number} day */
  const write = (day) => (yearOf(day) === yearOf(today) ? shortDay(day) : fullDay(day));
  return isLate ? `recorded from ${write(from)} on` : `recorded only through ${write(through)}`;
}

/**
 * "without groq, recorded from Oct 28 on: $48", or nothing; by the same words as dashboards/recorded.py.
 * @param {Report} report
 * @param {LeftOut[]} leftOut
 */
export function without(report, leftOut) {
  if (!leftOut.length) return "";
  const parts = leftOut
    .slice(0, NAMED)
    .map((source) => `${source.name}, ${reasonOf(report, source)}${amountOf([source])}`);
  const more = leftOut.slice(NAMED);
  if (more.length) parts.push(`${more.length} more${amountOf(more)}`);
  return `without ${parts.join(", and ")}`;
}

/** @param {LeftOut[]} sources */
function amountOf(sources) {
  const known = sources.flatMap(({ units }) => (units === null ? [] : [units]));
  return known.length ? `: ${money(known.reduce((sum, units) => sum + units, 0n))}` : "";
}
