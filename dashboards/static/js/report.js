// All that the page carries, read into one value that is handed to whoever draws. It never changes.

import { dayNumber } from "./days.js";
import { nameIn, namesByCost, readFacts, readFactsAlone, SOURCES } from "./facts.js";
import { groupColours } from "./group_colours.js";
import { GROUP_WORDS, shownName } from "./names.js";

/** @import { Choices, CostView, Dimension, FactsDocument, Group, RecordedSpan, Report, ReportContext, Row, Series, State } from "./types.js" */

/** The view of every amount, in the reporting currency. */
export const ALL = "all";

/** @type {Dimension[]} */
export const DIMENSIONS = ["provider", "account", "project", "key", "host", "model"];

/**
 * What a reader can look at: every amount, in the reporting currency, and each billing currency alone. One of them where
 * there is no other; without "all" where nothing counts in the reporting currency.
 * @param {Page} page
 * @returns {string[]}
 */
export function currencyChoices({ context, facts }) {
  const { billingCurrencies, currency } = context;
  if (!billingCurrencies.length || (billingCurrencies.length === 1 && billingCurrencies[0] === currency)) return [ALL];
  const counts = readFacts(facts, currency).some((row) => row.units !== null);
  return counts ? [ALL, ...billingCurrencies] : billingCurrencies;
}

/**
 * @typedef {{ context: ReportContext, facts: FactsDocument, panels: Record<string, unknown> }} Page
 */

/**
 * @param {Page} page
 * @param {string} [chosen] a billing currency, to look at it alone
 * @param {string[]} [currencies] what can be chosen
 * @returns {Report}
 */
export function readReport(page, chosen = ALL, currencies = currencyChoices(page)) {
  const { context, facts, panels } = page;
  const isAlone = chosen !== ALL;
  const currency = isAlone ? chosen : context.currency;
  const rows = isAlone ? readFactsAlone(facts, chosen) : readFacts(facts, context.currency);
  const today = dayNumber(context.today);
  const rowsByKind = Object.fromEntries(
    context.costViews.map(({ kind }) => [kind, rows.filter((row) => row.series.kind === kind)]),
  );
  /** @template T @param {(rows: Row[]) => T} read @returns {Record<string, T>} */
  const byKind = (read) => Object.fromEntries(Object.entries(rowsByKind).map(([kind, mine]) => [kind, read(mine)]));
  return {
    context,
    currencies,
    currency,
    isAlone,
    today,
    rows,
    rowsByKind,
    firstDay: rows.reduce((least, row) => Math.min(least, row.day), today),
    lastDay: rows.length ? rows.reduce((most, row) => Math.max(most, row.day), -Infinity) : today,
    choices: byKind(choicesOf),
    recorded: recordedSpans(context, currency),
    coloursOf: coloursFor(context, rowsByKind),
    panels,
  };
}

/**
 * What one kind of cost can be filtered by: its sources, and its names by dimension, the costliest first.
 * @param {Row[]} rows
 * @returns {Choices}
 */
function choicesOf(rows) {
  return {
    sources: SOURCES.filter((source) => rows.some((row) => row.series.source === source)),
    provider: namesByCost("provider", rows),
    account: namesByCost("account", rows),
    project: namesByCost("project", rows),
    key: namesByCost("key", rows),
    host: namesByCost("host", rows),
    model: namesByCost("model", rows),
  };
}

/**
 * The colours of each kind of cost and grouping, worked out when they are first asked for.
 * @param {ReportContext} context
 * @param {Record<string, Row[]>} rowsByKind
 * @returns {Report["coloursOf"]}
 */
function coloursFor(context, rowsByKind) {
  /** @type {Map<string, ReturnType<typeof groupColours>>} */
  const known = new Map();
  return (kind, group) => {
    const key = `${kind} ${group}`;
    const found =
      known.get(key) ??
      groupColours(
        namesByCost(group, rowsByKind[kind]),
        `Other ${GROUP_WORDS[group].several}`,
        (series) => nameIn(group, series),
        (name) => shownName(context, group, name),
      );
    known.set(key, found);
    return found;
  };
}

/**
 * What the costs of one kind can be grouped by: whatever tells at least two of them apart.
 * @param {Report} report
 * @param {string} kind
 * @returns {Group[]}
 */
export function groupsOf({ choices }, kind) {
  const { sources } = choices[kind];
  const found = DIMENSIONS.filter((dimension) => choices[kind][dimension].length > 1);
  return sources.length > 1 ? [...found, "source"] : found;
}

/**
 * What tells one source from another.
 * @param {Pick<Series, "kind" | "provider" | "account"> & { source: string }} series
 */
export const sourceKey = ({ kind, provider, account, source }) => JSON.stringify([kind, provider, account, source]);

/**
 * Of a currency that is looked at alone, what is converted is recorded as its source is in the reporting currency.
 * @param {ReportContext} context
 * @param {string} currency
 * @returns {Map<string, RecordedSpan>}
 */
function recordedSpans(context, currency) {
  /** @param {string} code */
  const recordedIn = (code) => context.recorded.filter(([mine]) => mine === code);
  return new Map(
    [...recordedIn(context.currency), ...recordedIn(currency)].map(
      ([, kind, provider, account, source, name, from, through]) => [
        sourceKey({ kind, provider, account, source }),
        { name, from: dayNumber(from), through: through === null ? Infinity : dayNumber(through) },
      ],
    ),
  );
}

/**
 * The view of the kind of cost that is chosen.
 * @param {Report} report
 * @param {State} state
 * @returns {CostView}
 */
export function costViewOf({ context }, { kind }) {
  const found = context.costViews.find((view) => view.kind === kind);
  if (!found) throw new Error(`the report has no costs of the kind ${kind}`);
  return found;
}

/**
 * Why what is made of amounts in the reporting currency is not shown for one currency alone.
 * @param {Report} report
 * @param {string} whole what there is of all of them: "The forecast is of all currencies"
 */
export const aloneText = ({ context, currencies }, whole) =>
  currencies.includes(ALL)
    ? `${whole}, in ${context.currency}.`
    : `No amount has an exchange rate to ${context.currency}, the currency of this report.`;

/**
 * Why nothing is shown where no row is.
 * @param {Report} report
 */
export function nothingText({ context, currency, rows }) {
  if (rows.length) return "No cost matches these filters.";
  return context.billingCurrencies.length
    ? `No amount counts in ${currency}; the others have no exchange rate. Choose a currency above.`
    : "Nothing is recorded yet.";
}
