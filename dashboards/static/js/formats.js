// How figures and days are written, by the same rules as pipelines/presentation/formats.py. Money is a whole number of
// units of 10^-scale, as a BigInt, and is only turned into a float to be drawn.

import { dateOf, isoDay, yearOf } from "./days.js";

const MINUS = "\u2212";
export const EN_DASH = "\u2013";
const TIMES = "\u00d7";

/** `scale`: how many digits after the point the units of an amount have. */
let settings = { locale: "en-US", currency: "USD", scale: 0 };

/** @param {Partial<typeof settings>} chosen */
export function setFormats(chosen) {
  settings = { ...settings, ...chosen };
}

/**
 * Makes a format when it is first used, and again once the settings have changed.
 * @template T
 * @param {() => T} create
 */
function lazily(create) {
  /** @type {{ made: T, of: typeof settings } | null} */
  let known = null;
  return () => {
    if (known?.of !== settings) known = { made: create(), of: settings };
    return known.made;
  };
}

/** @param {bigint} units */
export const toNumber = (units) => Number(units) / 10 ** settings.scale;

/** @param {bigint} units */
export const absolute = (units) => (units < 0n ? -units : units);

/**
 * Every digit of an amount, with a plain minus: what a download holds.
 * @param {bigint} units
 */
export function exactText(units) {
  const { scale } = settings;
  const digits = String(absolute(units)).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}.${fraction.padEnd(2, "0")}`;
}

/** @param {string} text */
const withTrueMinus = (text) => text.replace("-", MINUS);

const moneyFormats = lazily(() => /** @type {Map<string, Intl.NumberFormat>} */ (new Map()));

/** @param {Intl.NumberFormatOptions} options */
function moneyFormat(options) {
  const key = JSON.stringify(options);
  const known = moneyFormats().get(key);
  if (known) return known;
  const made = new Intl.NumberFormat(settings.locale, { style: "currency", currency: settings.currency, ...options });
  moneyFormats().set(key, made);
  return made;
}

/** @param {number} size */
function digitsFor(size) {
  if (size >= 100) return 0;
  if (size === 0 || size >= 0.01) return 2;
  return Math.min(20, 1 - Math.floor(Math.log10(size)));
}

/**
 * @param {number | string} value
 * @param {number} size
 * @param {boolean} signed
 */
function moneyOf(value, size, signed) {
  const digits = digitsFor(size);
  const format = moneyFormat({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  });
  // A text is written exactly, which the checker's es2022 does not know of yet.
  return withTrueMinus(format.format(/** @type {number} */ (value)));
}

/**
 * "$11,260", "$48.20", "−$0.0042" of an exact amount.
 * @param {bigint} units
 */
export const money = (units, { signed = false } = {}) => moneyOf(exactText(units), Math.abs(toNumber(units)), signed);

/**
 * The same of an estimate or a rate, which is a float.
 * @param {number} value
 */
export const estimate = (value, { signed = false } = {}) => moneyOf(value, Math.abs(value), signed);

/**
 * For axes: "$11.3K".
 * @param {number} value
 */
export const compactMoney = (value) =>
  withTrueMinus(
    moneyFormat({
      notation: "compact",
      minimumFractionDigits: 0,
      maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1,
    }).format(value),
  );

const plainNumber = lazily(() => new Intl.NumberFormat(settings.locale));

/** @param {number} number */
export const count = (number) => plainNumber().format(number);

/**
 * @param {number} number
 * @param {string} noun
 * @param {string} [many] where the plural is not formed with an s
 */
export const counted = (number, noun, many = `${noun}s`) => `${count(number)} ${number === 1 ? noun : many}`;

const tokenFormat = lazily(
  () =>
    new Intl.NumberFormat(settings.locale, {
      notation: "compact",
      minimumSignificantDigits: 3,
      maximumSignificantDigits: 3,
    }),
);

/**
 * "1.03B", "567M", "812".
 * @param {number} number
 */
export const tokens = (number) => (number < 1000 ? String(number) : tokenFormat().format(number));

/**
 * A ratio as whole percent; from ten times up as "12×".
 * @param {number} ratio
 */
export function percent(ratio, { signed = false } = {}) {
  const plus = signed && ratio > 0 ? "+" : "";
  const sign = ratio < 0 ? MINUS : plus;
  const size = Math.abs(ratio);
  if (size >= 10) return `${sign}${count(Math.round(size))}${TIMES}`;
  const points = Math.round(size * 100);
  return points === 0 && ratio !== 0 ? "<1%" : `${sign}${points}%`;
}

/**
 * A share for a table's column: "22.5%", "<0.1%".
 * @param {number} ratio
 */
export function shareText(ratio) {
  if (ratio !== 0 && Math.abs(ratio) < 0.001) return "<0.1%";
  return withTrueMinus(`${(ratio * 100).toFixed(1)}%`);
}

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @returns {(day: number) => string}
 */
function dateFormat(options) {
  const format = lazily(() => new Intl.DateTimeFormat(settings.locale, { timeZone: "UTC", ...options }));
  return (day) => format().format(dateOf(day));
}

export const shortDay = dateFormat({ month: "short", day: "numeric" });
export const fullDay = dateFormat({ month: "short", day: "numeric", year: "numeric" });
export const weekday = dateFormat({ weekday: "short", month: "short", day: "numeric", year: "numeric" });
export const shortMonth = dateFormat({ month: "short" });
export const monthWithYear = dateFormat({ month: "short", year: "numeric" });

/**
 * "Aug 26 to Nov 23, 2026"; the year is written twice only where it differs.
 * @param {number} first
 * @param {number} last
 */
export function span(first, last) {
  if (first === last) return fullDay(first);
  return `${yearOf(first) === yearOf(last) ? shortDay(first) : fullDay(first)} to ${fullDay(last)}`;
}

/**
 * "Nov 1–22" for a title whose month is clear.
 * @param {number} first
 * @param {number} last
 */
export function shortSpan(first, last) {
  if (first === last) return shortDay(first);
  const sameMonth = isoDay(first).slice(0, 7) === isoDay(last).slice(0, 7);
  return sameMonth
    ? `${shortDay(first)}${EN_DASH}${dateOf(last).getUTCDate()}`
    : `${shortDay(first)} to ${shortDay(last)}`;
}

/** @param {string} text */
export const capitalised = (text) => text.charAt(0).toUpperCase() + text.slice(1);
