// What each model uses and costs behind the filters: tokens, cost, what a million tokens cost, share and change.

import { compareNames, nameOf, SOURCES, sumTokens, sumUnits } from "./facts.js";
import { EN_DASH, percent, toNumber } from "./formats.js";

/** @import { Row, Series, SourceKind } from "./types.js" */

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
 * `now` and `before` are the costs of the spans compared; before is null where the model is in neither.
 * @typedef {Figures & {
 *   name: string, isNamed: boolean, provider: string, sources: SourceKind[], rows: Row[],
 *   now: bigint, before: bigint | null,
 * }} Model
 */
/** @typedef {"name" | "provider" | "input" | "cached" | "output" | "cost" | "rate" | "share" | "change"} Column */

/**
 * Every model of `rows`.
 * @param {Row[]} rows
 * @param {{ now: Row[], before: Row[] } | null} compared null: there is nothing to compare with
 * @returns {Model[]}
 */
export function modelsOf(rows, compared) {
  const total = totalOfShares(rows);
  const nows = sumsByModel(compared?.now ?? []);
  const befores = sumsByModel(compared?.before ?? []);
  return [...groupByModel(rows)].map(([key, mine]) => {
    const { provider, model } = mine[0].series;
    const now = nows.get(key) ?? 0n;
    const before = nows.has(key) || befores.has(key) ? (befores.get(key) ?? 0n) : null;
    return {
      name: nameOf("model", model),
      isNamed: model !== null,
      provider,
      sources: SOURCES.filter((source) => mine.some((row) => row.series.source === source)),
      rows: mine,
      now,
      before,
      ...figuresOf(mine, total, now, before),
    };
  });
}

/**
 * Some models as one line, so that the lines shown add up.
 * @param {Model[]} models
 * @param {bigint} total that of the shares
 */
export function togetherOf(models, total) {
  let now = 0n;
  /** @type {bigint | null} */
  let before = null;
  for (const model of models) {
    if (model.before === null) continue;
    now += model.now;
    before = (before ?? 0n) + model.before;
  }
  return figuresOf(
    models.flatMap((model) => model.rows),
    total,
    now,
    before,
  );
}

/**
 * What models have shares of; nothing where a credit would make some of them more than all of it, or less than none.
 * @param {Row[]} rows
 */
export function totalOfShares(rows) {
  const isCredited = [...sumsByModel(rows).values()].some((units) => units < 0n);
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

/** @param {Series} series */
const modelKey = ({ provider, model }) => JSON.stringify([provider, model]);

/** @param {Row[]} rows */
function groupByModel(rows) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const key = modelKey(row.series);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

/** @param {Row[]} rows */
const sumsByModel = (rows) => new Map([...groupByModel(rows)].map(([key, group]) => [key, sumUnits(group)]));

/**
 * The models by a column; what is unknown comes last either way, and names break ties.
 * @param {Model[]} models
 * @param {Column} key
 * @param {boolean} descending
 */
export function sortModels(models, key, descending) {
  const sign = descending ? -1 : 1;
  return [...models].sort((a, b) => {
    const [x, y] = [a[key], b[key]];
    if (x === null || y === null) return Number(x === null) - Number(y === null) || compareNames(a.name, b.name);
    return sign * (Number(x > y) - Number(x < y)) || compareNames(a.name, b.name);
  });
}

/**
 * The models whose name or provider holds `search`, whatever its case.
 * @param {Model[]} models
 * @param {string} search
 */
export const searchModels = (models, search) =>
  models.filter(({ name, provider }) => `${name} ${provider}`.toLowerCase().includes(search.toLowerCase()));
