// Which two spans of days are compared: a month, a quarter, a year or the chosen range, up to its last complete day, with
// the same days of the one before or of the year before. Whether they can be is decided in comparable_spans.js.

import { monthAfter, monthStart, monthsLater, quarterStart, yearStart } from "./days.js";
import { monthWithYear, span } from "./formats.js";

/** @import { Span, State } from "./types.js" */

/**
 * `months`: how many months later the current span is than the previous; 0: by as many days as it is long.
 * @typedef {{ current: Span, previous: Span, name: string, months: number }} Compared
 */

/** @typedef {{ current: Span, whole: Span, months: number }} Chosen a span, what it is a part of, and how long that is */

/**
 * The two spans that are chosen, and what the previous one is called; null where no day of the current one is over.
 * @param {Pick<State, "options">} state
 * @param {Span} range the days that the page shows
 * @param {number} today
 * @returns {Compared | null}
 */
export function spansOf({ options }, range, today) {
  const { current, whole, months } = chosenSpan(options.compare, range, today);
  if (current[1] < current[0]) return null;
  const apart = options.against === "year" ? 12 : months;
  if (apart === 0) {
    const length = current[1] - current[0] + 1;
    /** @type {Span} */
    const previous = [current[0] - length, current[0] - 1];
    return { current, previous, name: span(...previous), months: 0 };
  }
  const first = monthsLater(current[0], -apart);
  const isWhole = current[1] === whole[1];
  // A month that is over is compared with all of another, however long.
  const last = isWhole ? monthsLater(current[1] + 1, -apart) - 1 : first + (current[1] - current[0]);
  const end = isWhole ? last : Math.min(last, monthsLater(whole[1] + 1, -apart) - 1);
  return { current, previous: [first, end], name: nameOf([first, end], months), months: apart };
}

/**
 * @param {string | null} choice
 * @param {Span} range
 * @param {number} today
 * @returns {Chosen}
 */
function chosenSpan(choice, range, today) {
  const yesterday = today - 1;
  /** @type {(first: number, months: number) => Chosen} */
  const from = (first, months) => {
    const last = monthsLater(first, months) - 1;
    return { current: [first, Math.min(last, yesterday)], whole: [first, last], months };
  };
  if (choice === "range") {
    return { current: [range[0], Math.min(range[1], yesterday)], whole: range, months: 0 };
  }
  if (choice === "quarter") return from(quarterStart(today), 3);
  if (choice === "last-quarter") return from(quarterStart(quarterStart(today) - 1), 3);
  if (choice === "year") return from(yearStart(today), 12);
  return from(choice === "last-month" ? monthStart(monthStart(today) - 1) : monthStart(today), 1);
}

/**
 * @param {Span} previous
 * @param {number} months
 */
const nameOf = (previous, months) => (months === 1 ? monthWithYear(previous[0]) : span(...previous));

/**
 * The first day of the first span whose previous one begins no earlier than `from`, on which records begin.
 * @param {Compared} spans
 * @param {number} from
 */
export function comparableFrom({ current, months }, from) {
  if (months === 0) return from + (current[1] - current[0]) + 1;
  const start = monthStart(from) === from ? from : monthAfter(from);
  let first = start;
  // Spans begin in the months of a year that the current one begins in, as often as they are long.
  while (!beginsAlike(first, current[0], Math.min(months, 12))) first = monthAfter(first);
  return monthsLater(first, months);
}

/**
 * @param {number} first
 * @param {number} other
 * @param {number} months
 */
function beginsAlike(first, other, months) {
  const monthOf = (/** @type {number} */ day) => new Date(day * 86400000).getUTCMonth();
  return (monthOf(first) - monthOf(other)) % months === 0;
}
