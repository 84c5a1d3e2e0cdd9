// A small report for the tests of the scripts: November 2026, amounts in units of a cent.

import { setFormats } from "../../../dashboards/static/js/formats.js";
import { readReport } from "../../../dashboards/static/js/report.js";
import { defaults } from "../../../dashboards/static/js/state.js";

/** @import { Report, ReportContext, State } from "../../../dashboards/static/js/types.js" */

export const TODAY = "2026-11-23";

/**
 * One cost, or one use without a price where `cents` is null.
 * @typedef {object} Entry
 * @property {string} day
 * @property {number | null} cents
 * @property {string} [provider]
 * @property {string} [account]
 * @property {string | null} [model]
 * @property {string | null} [project]
 * @property {string | null} [key]
 * @property {string | null} [host]
 * @property {string | null} [spread]
 * @property {string} [source]
 * @property {string} [kind]
 * @property {string} [currency]
 * @property {number | null} [converted] cents of the reporting currency
 * @property {number} [tokens] input tokens
 * @property {number} [unpriced]
 */

const SPEND = { kind: "spend", label: "Spend", noun: "spend" };
const COLUMNS = ["provider", "account", "host", "model", "project", "key", "source", "spread", "kind", "currency"];
const MEASURES = ["rows", "unit", "days", "amounts", "converted", "input", "cached", "output", "unsplit", "unpriced"];

/** @param {string} day */
const dayOf = (day) => Date.parse(day) / 86400000;

/** @param {number | null} value */
const base36 = (value) => (value === null ? "" : value.toString(36));

/**
 * What `entries` are in the form that dashboards/facts.py describes, each a series of its own.
 * @param {Entry[]} entries
 */
export function factsOf(entries) {
  const [first] = entries.map((entry) => entry.day).sort();
  const full = entries.map((entry) => ({
    provider: "openai",
    account: "main",
    model: "gpt",
    project: null,
    key: null,
    host: null,
    spread: null,
    source: "api",
    kind: "spend",
    currency: "USD",
    converted: null,
    tokens: null,
    unpriced: 0,
    ...entry,
  }));
  /** @type {Record<string, (string | null)[]>} */
  const names = {};
  for (const column of COLUMNS) {
    names[column] = [...new Set(full.map((entry) => /** @type {Record<string, any>} */ (entry)[column]))];
  }
  const series = full.map((entry) => [
    ...COLUMNS.map((column) => names[column].indexOf(/** @type {Record<string, any>} */ (entry)[column])),
    1,
    "1",
    base36(dayOf(entry.day) - dayOf(first)),
    base36(entry.cents),
    base36(entry.converted),
    base36(entry.tokens),
    entry.tokens === null ? "" : "0",
    entry.tokens === null ? "" : "0",
    entry.tokens === null ? "" : "0",
    base36(entry.unpriced),
  ]);
  return { format: 3, scale: 2, first_day: first ?? null, columns: [...COLUMNS, ...MEASURES], names, series };
}

/**
 * @param {Entry[]} entries
 * @param {{ context?: Partial<ReportContext>, panels?: Record<string, unknown>, chosen?: string }} [more]
 * @returns {Report}
 */
export function reportOf(entries, { context = {}, panels = {}, chosen = "all" } = {}) {
  const facts = factsOf(entries);
  setFormats({ locale: "en-US", currency: chosen === "all" ? "USD" : chosen, scale: facts.scale });
  const page = {
    context: {
      asOf: `${TODAY}T09:00:00+00:00`,
      buildId: "b1",
      currency: "USD",
      isSample: false,
      organisation: "Northwind Labs",
      sourceLabels: { api: "API", manual: "Manual", local: "Local", import: "Import" },
      providerNames: {},
      today: TODAY,
      billingCurrencies: ["USD"],
      recorded: [],
      costViews: [SPEND],
      ...context,
    },
    facts,
    panels,
  };
  return readReport(page, chosen);
}

/**
 * @param {Report} report
 * @param {Partial<State>} [chosen]
 * @returns {State}
 */
export const stateOf = (report, chosen = {}) => ({ ...defaults(report), ...chosen });
