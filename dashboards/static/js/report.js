// All that the page carries, read into one value that is handed to whoever draws. It never changes.

import { dayNumber } from "./days.js";
import { nameOf, namesByCost, readFacts, SOURCES } from "./facts.js";
import { providerColours } from "./provider_colours.js";

/** @import { Choices, CostView, Dimension, FactsDocument, RecordedSpan, Report, ReportContext, Row, Series, State } from "./types.js" */

/** @type {Dimension[]} */
export const DIMENSIONS = ["provider", "account", "project", "model"];

/**
 * @param {{ context: ReportContext, facts: FactsDocument, panels: Record<string, unknown> }} page
 * @returns {Report}
 */
export function readReport({ context, facts, panels }) {
  const rows = readFacts(facts, context.currency);
  const today = dayNumber(context.today);
  const rowsByKind = Object.fromEntries(
    context.costViews.map(({ kind }) => [kind, rows.filter((row) => row.series.kind === kind)]),
  );
  /** @template T @param {(rows: Row[]) => T} read @returns {Record<string, T>} */
  const byKind = (read) => Object.fromEntries(Object.entries(rowsByKind).map(([kind, mine]) => [kind, read(mine)]));
  return {
    context,
    today,
    rows,
    rowsByKind,
    firstDay: rows.reduce((least, row) => Math.min(least, row.day), today),
    lastDay: rows.length ? rows.reduce((most, row) => Math.max(most, row.day), -Infinity) : today,
    choices: byKind(choicesOf),
    recorded: recordedSpans(context),
    colours: byKind((mine) => providerColours(namesByCost("provider", mine).map(String))),
    panels,
  };
}

/**
 * What one kind of cost can be filtered by: its sources, and its names by dimension, the costliest first.
 * @param {Row[]} rows
 * @returns {Choices}
 */
function choicesOf(rows) {
  /** @param {Dimension} dimension */
  const names = (dimension) => [...new Set(namesByCost(dimension, rows).map((name) => nameOf(dimension, name)))];
  return {
    sources: SOURCES.filter((source) => rows.some((row) => row.series.source === source)),
    provider: names("provider"),
    account: names("account"),
    project: names("project"),
    model: names("model"),
  };
}

/**
 * What tells one source from another.
 * @param {Pick<Series, "kind" | "provider" | "account"> & { source: string }} series
 */
export const sourceKey = ({ kind, provider, account, source }) => JSON.stringify([kind, provider, account, source]);

/**
 * @param {ReportContext} context
 * @returns {Map<string, RecordedSpan>}
 */
function recordedSpans({ recorded }) {
  return new Map(
    recorded.map(([kind, provider, account, source, name, from, through]) => [
      sourceKey({ kind, provider, account, source }),
      { name, from: dayNumber(from), through: through === null ? Infinity : dayNumber(through) },
    ]),
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
 * Why nothing is shown where no row is.
 * @param {Report} report
 */
export function nothingText({ context, rows }) {
  if (rows.length) return "No cost matches these filters.";
  return context.hasOtherCurrencies ? `Nothing is recorded in ${context.currency}.` : "Nothing is recorded yet.";
}
