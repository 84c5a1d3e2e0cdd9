// Days are whole numbers of days since 1970, in UTC; here they are read, written for machines, and put into buckets.

/** @import { Grain, Span } from "./types.js" */

export const DAY_MS = 86400000;

const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** @param {string} iso */
export const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;

/** @param {number} day */
export const dateOf = (day) => new Date(day * DAY_MS);

/** @param {number} day */
export const isoDay = (day) => dateOf(day).toISOString().slice(0, 10);

/** @param {number} day */
export const yearOf = (day) => dateOf(day).getUTCFullYear();

/**
 * The day that `text` writes, or null where it is not a valid date.
 * @param {string | null} text
 */
export function readDay(text) {
  if (text === null || !ISO_DAY.test(text)) return null;
  const day = dayNumber(text);
  return Number.isInteger(day) && isoDay(day) === text ? day : null;
}

/** @param {number} day */
export function monthStart(day) {
  const date = dateOf(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
}

/** @param {number} day */
export function monthAfter(day) {
  const date = dateOf(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

/**
 * The same day of the month some months later, or the last of that month where it is shorter.
 * @param {number} day
 * @param {number} months
 */
export function monthsLater(day, months) {
  const date = dateOf(day);
  const first = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1) / DAY_MS;
  return Math.min(first + date.getUTCDate() - 1, monthAfter(first) - 1);
}

/** @param {number} day */
export function quarterStart(day) {
  const date = dateOf(day);
  return Date.UTC(date.getUTCFullYear(), Math.floor(date.getUTCMonth() / 3) * 3, 1) / DAY_MS;
}

/** @param {number} day */
export const yearStart = (day) => Date.UTC(yearOf(day), 0, 1) / DAY_MS;

/**
 * The day a bucket starts on: the day, its Monday, or the first of its month.
 * @param {number} day
 * @param {Grain} grain
 */
export function bucketStart(day, grain) {
  if (grain === "week") return day - ((((day + 3) % 7) + 7) % 7);
  return grain === "month" ? monthStart(day) : day;
}

/**
 * @param {number} start
 * @param {Grain} grain
 */
export function bucketAfter(start, grain) {
  if (grain === "week") return start + 7;
  return grain === "month" ? monthAfter(start) : start + 1;
}

/**
 * The finest grain at which a bar is at least four pixels wide.
 * @param {Span} range
 * @param {number} width in pixels
 * @returns {Grain}
 */
export function fittingGrain([first, last], width) {
  const length = last - first + 1;
  if (width / length >= 4) return "day";
  return width / (length / 7) >= 4 ? "week" : "month";
}
