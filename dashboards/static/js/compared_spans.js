// Which two spans of days are compared: a month, a quarter, a year or the chosen range, up to its last complete day, with
// the same days of the one before or of the year before. Whether they can be is decided in comparable_spans.js.

import { dateOf, monthAfter, monthStart, monthsLater, quarterStart, yearStart } from "./days.js";
import { monthWithYear, span } from "./formats.js";

/** @import { Span, State } from "./types.js" */

/**
 * `months`: how long the span is that days are compared of, 0 where it is no calendar span; `apart`: how many months later
 * the current one is, 0 where by as many days as it is long.
 * @typedef {{ current: Span, previous: Span, name: string, months: number, apart: number }} Compared
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
    return { current, previous, name: span(...previous), months, apart };
  }
  const first = monthsLater(current[0], -apart);
  const isWhole = current[1] === whole[1];
  // A month that is over is compared with all of another, however long.
  const last = isWhole ? monthsLater(current[1] + 1, -apart) - 1 : first + (current[1] - current[0]);
  const end = isWhole ? last : Math.min(last, monthsLater(whole[1] + 1, -apart) - 1);
  return { current, previous: [first, end], name: nameOf([first, end], months), months, apart };
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
export function comparableFrom({ current, months, apart }, from) {
  if (apart === 0) return from + (current[1] - current[0]) + 1;
  if (months === 0) return monthsLater(from, apart);
  let first = monthStart(from) === from ? from : monthAfter(from);
  while (dateOf(first).getUTCMonth() % months) first = monthAfter(first);
  return monthsLater(first, apart);
}
