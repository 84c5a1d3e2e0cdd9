// Rows stacked by provider, model or another group in days, weeks or months: the figures of a bar chart over time, their names and their ticks.

import { bucketStart, yearOf } from "./days.js";
import { atLeast, sumUnits } from "./facts.js";
import {
  capitalised,
  EN_DASH,
  fullDay,
  money,
  monthWithYear,
  shortDay,
  shortMonth,
  span,
  toNumber,
  weekday,
} from "./formats.js";

/** @import { Bucket, Grain, Series, TableText } from "./types.js" */
/** @import { GroupColours } from "./group_colours.js" */

/**
 * One piece of a bar. `y1` and `y2` are where it begins and ends, as floats for drawing.
 * @typedef {{ start: number, group: string, manual: boolean, units: bigint, y1: number, y2: number }} Piece
 */
/** @typedef {Bucket & { pieces: Piece[], total: bigint, top: number, bottom: number }} Stack */

/**
 * A bucket with its pieces from the bottom up: costs above zero, credits below.
 * @param {Bucket} bucket
 * @param {GroupColours} colours
 * @returns {Stack}
 */
export function stackOf(bucket, colours) {
  let [up, down] = [0n, 0n];
  const pieces = sumsByGroup(bucket, colours).map((entry) => {
    const from = entry.units > 0n ? up : down;
    const to = from + entry.units;
    if (entry.units > 0n) up = to;
    else down = to;
    return { ...entry, start: bucket.start, y1: toNumber(from), y2: toNumber(to) };
  });
  return { ...bucket, pieces, total: sumUnits(bucket.rows), top: toNumber(up), bottom: toNumber(down) };
}

/**
 * Whether an amount was entered for the day it is on; one that is spread over a period says nothing of its days.
 * @param {Series} series
 */
export const isPointEntry = ({ source, isSpread }) => source === "manual" && !isSpread;

/**
 * What each group costs, recorded and manual costs apart, in the order of the stack; what costs nothing is left out.
 * @param {Bucket} bucket
 * @param {GroupColours} colours
 */
function sumsByGroup({ rows }, { groups, groupOf, nameOf }) {
  /** @type {Map<string, { group: string, manual: boolean, units: bigint }>} */
  const sums = new Map();
  for (const row of rows) {
    if (row.units === null) continue;
    const group = groupOf(nameOf(row.series));
    const manual = isPointEntry(row.series);
    const key = `${manual ? "m" : "-"}${group}`;
    const entry = sums.get(key) ?? { group, manual, units: 0n };
    entry.units += row.units;
    sums.set(key, entry);
  }
  return [...sums.values()]
    .filter((entry) => entry.units !== 0n)
    .sort((a, b) => groups.indexOf(a.group) - groups.indexOf(b.group) || Number(a.manual) - Number(b.manual));
}

/**
 * @param {Bucket} bucket
 * @param {Grain} grain
 */
export function bucketName(bucket, grain) {
  if (grain === "day") return weekday(bucket.start);
  if (grain === "month" && !bucket.isPart) return monthWithYear(bucket.start);
  const name = span(bucket.from, bucket.to);
  return bucket.isPart ? `Part ${grain}, ${name}` : name;
}

/** @param {Pick<Stack, "rows" | "total">} stack */
export function stackTotal({ rows, total }) {
  if (rows.length && rows.every((row) => row.units === null)) return "unpriced";
  return `${atLeast(rows)}${money(total)}`;
}

/**
 * The bars as a table, the newest first.
 * @param {Stack[]} stacks
 * @param {Grain} grain
 * @param {GroupColours} colours
 * @returns {TableText}
 */
export function stackTable(stacks, grain, { groups, labelOf }) {
  const shown = new Set(stacks.flatMap(({ pieces }) => pieces.map((piece) => piece.group)));
  const columns = groups.filter((group) => shown.has(group));
  /** @param {Piece[]} pieces */
  const sum = (pieces) => (pieces.length ? money(pieces.reduce((total, piece) => total + piece.units, 0n)) : EN_DASH);
  const rows = [...stacks]
    .reverse()
    .map((stack) => [
      bucketName(stack, grain),
      ...columns.map((group) => sum(stack.pieces.filter((piece) => piece.group === group))),
      sum(stack.pieces.filter((piece) => piece.manual)),
      stackTotal(stack),
    ]);
  const figures = [...columns.map(labelOf), "By hand", "Total"].map((name) => ({ name, number: true }));
  return { columns: [{ name: capitalised(grain) }, ...figures], rows };
}

/**
 * The buckets that get a label, as many as there is room for; of days, Mondays.
 * @param {number[]} starts
 * @param {Grain} grain
 * @param {number} width in pixels
 */
export function ticksOf(starts, grain, width) {
  const severalYears = yearOf(starts[0]) !== yearOf(starts[starts.length - 1]);
  const dayLabel = severalYears ? 100 : 72;
  const room = Math.max(3, Math.floor((width - 60) / (grain === "month" ? 66 : dayLabel)));
  if (grain === "day" && starts.length > 14) {
    const mondays = starts.filter((day) => bucketStart(day, "week") === day);
    const every = Math.ceil(mondays.length / room);
    return mondays.filter((_, place) => (mondays.length - 1 - place) % every === 0);
  }
  const every = Math.ceil(starts.length / room);
  return starts.filter((_, place) => place % every === 0);
}

/**
 * Writes ticks; the year is on the first tick of each year, when there is more than one.
 * @param {number[]} ticks
 * @param {Grain} grain
 * @returns {(day: number) => string}
 */
export function tickWriter(ticks, grain) {
  const several = yearOf(ticks[0]) !== yearOf(ticks[ticks.length - 1]);
  const isFirst = /** @type {(day: number, place: number) => boolean} */ (
    (day, place) => place === 0 || yearOf(day) !== yearOf(ticks[place - 1])
  );
  const withYear = new Set(several ? ticks.filter(isFirst) : []);
  if (grain === "month") return (day) => (withYear.has(day) ? monthWithYear(day) : shortMonth(day));
  return (day) => (withYear.has(day) ? fullDay(day) : shortDay(day));
}
