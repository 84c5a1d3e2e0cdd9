// The daily rows the page carries, read back exactly, and their sums. The form is described in dashboards/facts.py.

import { dayNumber } from "./days.js";

/** @import { Dimension, FactsDocument, Group, Row, Series, SourceKind, TokenCounts } from "./types.js" */

/** @type {SourceKind[]} */
export const SOURCES = ["api", "manual", "local", "import"];

/**
 * What is shown of a row that has no such name.
 * @type {Partial<Record<Dimension, string>>}
 */
const NAMELESS = {
  model: "No model named",
  project: "No project named",
  key: "No key named",
  host: "No host named",
};

const BASE = 36;
const SAFE_DIGITS = 10; // of base 36: ten of them are below 2^53

/** @param {string} text */
const whole = (text) => Number.parseInt(text, BASE);

/**
 * The whole number of any length, exactly.
 * @param {string} text
 * @returns {bigint}
 */
export function exactWhole(text) {
  if (text.startsWith("-")) return -exactWhole(text.slice(1));
  if (text.length <= SAFE_DIGITS) return BigInt(whole(text));
  return (
    exactWhole(text.slice(0, -SAFE_DIGITS)) * BigInt(BASE) ** BigInt(SAFE_DIGITS) +
    BigInt(whole(text.slice(-SAFE_DIGITS)))
  );
}

/**
 * A column of a series, one text a row; one that is the same in all rows is written once.
 * @param {string} text
 * @param {number} rows
 * @returns {string[]}
 */
const spread = (text, rows) => (text.includes(",") ? text.split(",") : new Array(rows).fill(text));

/**
 * @param {string} input
 * @param {string} cached
 * @param {string} output
 * @param {string} unsplit
 * @param {string} unpriced
 * @returns {TokenCounts}
 */
function tokenCounts(input, cached, output, unsplit, unpriced) {
  /** @param {string} text */
  const known = (text) => (text === "" ? null : whole(text));
  const split = (known(input) ?? 0) + (known(cached) ?? 0) + (known(output) ?? 0);
  const rest = known(unsplit);
  return {
    input: known(input),
    cached: known(cached),
    output: known(output),
    total: rest === null ? null : rest + split,
    unpriced: known(unpriced) ?? 0,
  };
}

/**
 * Every row that counts in the reporting currency: what is billed in it, what is converted, and what has no price.
 * @param {FactsDocument} document
 * @param {string} reporting
 * @returns {Row[]}
 */
export function readFacts(document, reporting) {
  return document.series
    .flatMap((entry) => readSeries(document, entry))
    .map((row) => (row.series.currency === reporting ? { ...row, units: row.billed } : row))
    .filter((row) => row.units !== null || row.billed === null);
}

/**
 * Every row that is billed in `currency`, as it is billed.
 * @param {FactsDocument} document
 * @param {string} currency
 * @returns {Row[]}
 */
export function readFactsAlone(document, currency) {
  return document.series
    .flatMap((entry) => readSeries(document, entry))
    .filter((row) => row.series.currency === currency)
    .map((row) => ({ ...row, units: row.billed }));
}

/**
 * @param {FactsDocument} document
 * @param {(number | string)[]} entry
 * @returns {Row[]}
 */
function readSeries(document, entry) {
  const values = Object.fromEntries(document.columns.map((name, place) => [name, entry[place]]));
  /** @param {string} dimension */
  const nameIn = (dimension) => document.names[dimension]?.[Number(values[dimension])] ?? null;
  /** @type {Series} */
  const series = {
    provider: String(nameIn("provider")),
    account: String(nameIn("account")),
    model: nameIn("model"),
    project: nameIn("project"),
    key: nameIn("key"),
    host: nameIn("host"),
    source: /** @type {SourceKind} */ (nameIn("source")),
    isSpread: nameIn("spread") !== null,
    kind: String(nameIn("kind")),
    currency: String(nameIn("currency")),
  };
  const size = Number(values.rows);
  const unit = exactWhole(String(values.unit));
  /** @param {string} text */
  const amount = (text) => (text === "" ? null : exactWhole(text) * unit);
  /** @param {string} name */
  const column = (name) => spread(String(values[name]), size);
  const [steps, amounts, converted, input, cached, output] = [
    column("days"),
    column("amounts"),
    column("converted"),
    column("input"),
    column("cached"),
    column("output"),
  ];
  const [unsplit, unpriced] = [column("unsplit"), column("unpriced")];
  let day = dayNumber(document.first_day ?? "");
  return steps.map((step, row) => {
    day += whole(step);
    return {
      day,
      series,
      units: amount(converted[row]),
      billed: amount(amounts[row]),
      ...tokenCounts(input[row], cached[row], output[row], unsplit[row], unpriced[row]),
    };
  });
}

/** @param {Row[]} rows */
export const sumUnits = (rows) => rows.reduce((sum, row) => (row.units === null ? sum : sum + row.units), 0n);

/**
 * The sum of the known counts; null where none is known.
 * @param {Row[]} rows
 * @param {keyof TokenCounts} measure
 */
export function sumTokens(rows, measure) {
  /** @type {number | null} */
  let sum = null;
  for (const row of rows) {
    const known = row[measure];
    if (known !== null) sum = (sum ?? 0) + known;
  }
  return sum;
}

/**
 * "at least " where some of the use has no price.
 * @param {Row[]} rows
 */
export const atLeast = (rows) => (rows.some((row) => row.unpriced > 0) ? "at least " : "");

/**
 * @param {bigint} a
 * @param {bigint} b
 */
export const compareUnits = (a, b) => Number(a > b) - Number(a < b);

/**
 * @param {string} a
 * @param {string} b
 */
export const compareNames = (a, b) => Number(a > b) - Number(a < b);

/**
 * The name a reader sees.
 * @param {Dimension} dimension
 * @param {string | null} name
 */
export const nameOf = (dimension, name) => name ?? NAMELESS[dimension] ?? "";

/**
 * What a series is called in the dimension that it is grouped by.
 * @param {Group} group
 * @param {Series} series
 */
export const nameIn = (group, series) => (group === "source" ? series.source : nameOf(group, series[group]));

/**
 * The names of what rows are grouped by, the costliest first; names alone break ties, so that the order is always the
 * same.
 * @param {Group} group
 * @param {Row[]} rows
 */
export function namesByCost(group, rows) {
  /** @type {Map<string, bigint>} */
  const sums = new Map();
  for (const row of rows) {
    const name = nameIn(group, row.series);
    sums.set(name, (sums.get(name) ?? 0n) + (row.units ?? 0n));
  }
  return [...sums].sort((a, b) => compareUnits(b[1], a[1]) || compareNames(a[0], b[0])).map(([name]) => name);
}
