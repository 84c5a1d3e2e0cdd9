// How figures and days are written, by the same rules as dashboards/formats.py. Money is a whole number of units of
// 10^-scale, as a BigInt, and is only turned into a float to be drawn.

const LOCALE = document.documentElement.lang;
const MINUS = "\u2212";
const EN_DASH = "\u2013";
const TIMES = "\u00d7";
const DAY_MS = 86400000;

let scale = 0; // set by facts.js, which knows how fine the amounts are

const toNumber = (units) => Number(units) / 10 ** scale;

/** Every digit of an amount, with a plain minus: what a download holds. */
function exactText(units) {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${units < 0n ? "-" : ""}${whole}.${fraction.padEnd(2, "0")}`;
}

const written = (text) => text.replace("-", MINUS);

const moneyFormats = new Map();

function moneyFormat(options) {
  const key = JSON.stringify(options);
  if (!moneyFormats.has(key)) {
    moneyFormats.set(key, new Intl.NumberFormat(LOCALE, { style: "currency", currency: edition.currency, ...options }));
  }
  return moneyFormats.get(key);
}

function digitsFor(size) {
  if (size >= 100) return 0;
  if (size === 0 || size >= 0.01) return 2;
  return 1 - Math.floor(Math.log10(size));
}

function moneyOf(value, size, signed) {
  const digits = Math.min(20, digitsFor(size));
  return moneyFormat({
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: signed ? "exceptZero" : "auto",
  }).format(value);
}

/** "$11,260", "$48.20", "−$0.0042" of an exact amount. */
const money = (units, { signed = false } = {}) => written(moneyOf(exactText(units), Math.abs(toNumber(units)), signed));

/** The same of an estimate or a rate, which is a float. */
const estimate = (value, { signed = false } = {}) => written(moneyOf(value, Math.abs(value), signed));

/** For axes: "$11.3K". */
const compactMoney = (value) =>
  written(moneyFormat({ notation: "compact", minimumFractionDigits: 0, maximumFractionDigits: Math.abs(value) < 10 ? 2 : 1 }).format(value));

const plainNumber = new Intl.NumberFormat(LOCALE);

const count = (number) => plainNumber.format(number);

const counted = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

const tokenFormat = new Intl.NumberFormat(LOCALE, { notation: "compact", minimumSignificantDigits: 3, maximumSignificantDigits: 3 });

/** "1.03B", "567M", "812". */
const tokens = (number) => (number < 1000 ? String(number) : tokenFormat.format(number));

/** A ratio as whole percent; from ten times up as "12×". */
function percent(ratio, { signed = false } = {}) {
  const sign = ratio < 0 ? MINUS : signed && ratio > 0 ? "+" : "";
  const size = Math.abs(ratio);
  if (size >= 10) return `${sign}${count(Math.round(size))}${TIMES}`;
  const points = Math.round(size * 100);
  return points === 0 && ratio !== 0 ? "<1%" : `${sign}${points}%`;
}

/** A share for a table's column: "22.5%", "<0.1%". */
function shareText(ratio) {
  if (ratio !== 0 && Math.abs(ratio) < 0.001) return "<0.1%";
  return written(`${(ratio * 100).toFixed(1)}%`);
}

// Days are whole numbers of days since 1970, in UTC.
const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
const dateOf = (day) => new Date(day * DAY_MS);
const isoDay = (day) => dateOf(day).toISOString().slice(0, 10);

const dateFormat = (options) => {
  const format = new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });
  return (day) => format.format(dateOf(day));
};

const shortDay = dateFormat({ month: "short", day: "numeric" });
const fullDay = dateFormat({ month: "short", day: "numeric", year: "numeric" });
const weekday = dateFormat({ weekday: "short", month: "short", day: "numeric", year: "numeric" });
const shortMonth = dateFormat({ month: "short" });
const monthWithYear = dateFormat({ month: "short", year: "numeric" });

/** "Aug 26 to Nov 23, 2026"; the year stands twice only where it differs. */
function span(first, last) {
  if (first === last) return fullDay(first);
  const sameYear = dateOf(first).getUTCFullYear() === dateOf(last).getUTCFullYear();
  return `${sameYear ? shortDay(first) : fullDay(first)} to ${fullDay(last)}`;
}

/** "Nov 1–22" for a title whose month is clear. */
function shortSpan(first, last) {
  if (first === last) return shortDay(first);
  const sameMonth = isoDay(first).slice(0, 7) === isoDay(last).slice(0, 7);
  return sameMonth ? `${shortDay(first)}${EN_DASH}${dateOf(last).getUTCDate()}` : `${shortDay(first)} to ${shortDay(last)}`;
}
