// What each model, project or other group uses and costs behind the filters: tokens, cost, what a million tokens cost, share and change.

import { compareNames, nameIn, SOURCES, sumTokens, sumUnits } from "./facts.js";
import { EN_DASH, percent, toNumber } from "./formats.js";

/** @import { Group, Row, Series, SourceKind } from "./types.js" */

/**
 * The figures of some rows; null is unknown. `cost` and `units` are one amount, as a float to sort by and exact. `rate`
 * is of a million tokens, `share` of all that is shown. `change` is a ratio, Infinity where nothing was before.
 * @typedef {object} Figures
 * @property {number | null} input
 * @property {number | null} cached
 * @property {number | null} output
 * @property {number | null} total
 * @property {number | null} unpriced
 * @property {bigint | null} units
 * @property {number | null} cost
 * @property {number | null} rate
 * @property {number | null} share
 * @property {number | null} change
 * @property {string} changeText
 */

/**
 * `now` and `before` are the costs of the spans compared; before is null where the line is in neither. `isNamed`: its rows
 * name what they are grouped by.
 * @typedef {Figures & {
 *   name: string, isNamed: boolean, providers: string[], sources: SourceKind[], rows: Row[],
 *   now: bigint, before: bigint | null,
 * }} Line
 */
/** @typedef {"name" | "provider" | "input" | "cached" | "output" | "cost" | "rate" | "share" | "change"} Column */

/**
 * A line for every name that `rows` are grouped by; a model that several providers have is a line of each.
 * @param {Row[]} rows
 * @param {Group} group
 * @param {{ now: Row[], before: Row[] } | null} compared null: there is nothing to compare with
 * @returns {Line[]}
 */
export function linesOf(rows, group, compared) {
  const total = totalOfShares(rows, group);
  const nows = sumsByKey(compared?.now ?? [], group);
  const befores = sumsByKey(compared?.before ?? [], group);
  return [...rowsByKey(rows, group)].map(([key, mine]) => {
    const { series } = mine[0];
    const now = nows.get(key) ?? 0n;
    const before = nows.has(key) || befores.has(key) ? (befores.get(key) ?? 0n) : null;
    return {
      name: nameIn(group, series),
      isNamed: series[group] !== null,
      providers: [...new Set(mine.map((row) => row.series.provider))].sort(),
      sources: SOURCES.filter((source) => mine.some((row) => row.series.source === source)),
      rows: mine,
      now,
      before,
      ...figuresOf(mine, total, now, before),
    };
  });
}

/**
 * Some lines as one, so that the lines shown add up.
 * @param {Line[]} lines
 * @param {bigint} total that of the shares
 */
export function togetherOf(lines, total) {
  let now = 0n;
  /** @type {bigint | null} */
  let before = null;
  for (const line of lines) {
    if (line.before === null) continue;
    now += line.now;
    before = (before ?? 0n) + line.before;
  }
  return figuresOf(
    lines.flatMap((line) => line.rows),
    total,
    now,
    before,
  );
}

/**
 * What lines have shares of; nothing where a credit would make some of them more than all of it, or less than none.
 * @param {Row[]} rows
 * @param {Group} group
 */
export function totalOfShares(rows, group) {
  const isCredited = [...sumsByKey(rows, group).values()].some((units) => units < 0n);
  return isCredited ? 0n : sumUnits(rows);
}

/**
 * @param {Row[]} rows
 * @param {bigint} total
 * @param {bigint} now
 * @param {bigint | null} before
 * @returns {Figures}
 */
function figuresOf(rows, total, now, before) {
  const priced = rows.filter((row) => row.units !== null);
  const units = priced.length ? sumUnits(priced) : null;
  return {
    input: sumTokens(rows, "input"),
    cached: sumTokens(rows, "cached"),
    output: sumTokens(rows, "output"),
    total: sumTokens(rows, "total"),
    unpriced: sumTokens(rows, "unpriced"),
    units,
    cost: units === null ? null : toNumber(units),
    rate: rateOf(priced),
    share: units === null || total <= 0n ? null : toNumber(units) / toNumber(total),
    ...changeOf(now, before),
  };
}

/**
 * What a million of the priced tokens cost, or null where there are none.
 * @param {Row[]} priced
 */
function rateOf(priced) {
  const metered = priced.filter((row) => (row.total ?? 0) > row.unpriced);
  const counted = metered.reduce((sum, row) => sum + (row.total ?? 0) - row.unpriced, 0);
  return counted ? (toNumber(sumUnits(metered)) / counted) * 1e6 : null;
}

/**
 * @param {bigint} now
 * @param {bigint | null} before
 */
export function changeOf(now, before) {
  if (before === null || (before <= 0n && now <= 0n)) return { change: null, changeText: EN_DASH };
  if (before <= 0n) return { change: Infinity, changeText: "new" };
  const change = toNumber(now - before) / toNumber(before);
  return { change, changeText: percent(change, { signed: true }) };
}

/**
 * @param {Group} group
 * @param {Series} series
 */
const keyIn = (group, series) =>
  JSON.stringify(group === "model" ? [series.provider, series.model] : [nameIn(group, series)]);

/**
 * @param {Row[]} rows
 * @param {Group} group
 */
function rowsByKey(rows, group) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const key = keyIn(group, row.series);
    const mine = groups.get(key);
    if (mine) mine.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/**
 * @param {Row[]} rows
 * @param {Group} group
 */
const sumsByKey = (rows, group) => new Map([...rowsByKey(rows, group)].map(([key, mine]) => [key, sumUnits(mine)]));

/**
 * The lines by a column; what is unknown comes last either way, and names break ties.
 * @param {Line[]} lines
 * @param {Column} key
 * @param {boolean} descending
 */
export function sortLines(lines, key, descending) {
  const sign = descending ? -1 : 1;
  return [...lines].sort((a, b) => {
    const [x, y] = [valueIn(a, key), valueIn(b, key)];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || compareNames(a.name, b.name);
    return sign * (Number(x > y) - Number(x < y)) || compareNames(a.name, b.name);
  });
}

/**
 * @param {Line} line
 * @param {Column} key
 */
const valueIn = (line, key) => (key === "provider" ? line.providers.join() : line[key]);

/**
 * The lines whose name or provider holds `search`, whatever its case.
 * @param {Line[]} lines
 * @param {string} search
 */
export const searchLines = (lines, search) =>
  lines.filter(({ name, providers }) => [name, ...providers].join(" ").toLowerCase().includes(search.toLowerCase()));
