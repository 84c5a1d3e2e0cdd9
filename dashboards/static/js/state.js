// What the reader has chosen, and the link that restores it. Everything read from a link is checked against what the
// report holds; what is unknown is ignored, so that no link can empty the page.

import { isoDay, readDay } from "./days.js";
import { panelOptions } from "./panels.js";
import { DIMENSIONS, groupsOf } from "./report.js";

/** @import { Group, Report, State } from "./types.js" */

/** @type {Record<string, string>} */
export const RANGES = {
  7: "Last 7 days",
  30: "Last 30 days",
  90: "Last 90 days",
  365: "Last 12 months",
  month: "This month",
  "last-month": "Last month",
  quarter: "This quarter",
  year: "Year to date",
  all: "All time",
  custom: "Custom dates",
};

/**
 * The last 90 days, or all time where nothing was recorded in them.
 * @param {Report} report
 * @param {string} kind
 */
export function usualRange({ rowsByKind, today }, kind) {
  return rowsByKind[kind].some((row) => row.day > today - 90 && row.day <= today) ? "90" : "all";
}

/**
 * @param {Report} report
 * @param {string} [kind]
 * @returns {State}
 */
export function defaults(report, kind = report.context.costViews[0].kind) {
  return {
    kind,
    currency: report.currencies[0],
    source: "all",
    range: usualRange(report, kind),
    from: null,
    to: null,
    provider: [],
    account: [],
    project: [],
    key: [],
    host: [],
    model: [],
    group: null,
    day: null,
    options: Object.fromEntries(Object.entries(panelOptions()).map(([name, { usual }]) => [name, usual])),
  };
}

/**
 * The currency that a link asks for, if the report has it.
 * @param {string[]} currencies
 * @param {string} hash
 */
export function linkedCurrency(currencies, hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, "")).get("currency");
  return currencies.find((currency) => currency === asked) ?? currencies[0];
}

/**
 * The state that the part of a link after # restores.
 * @param {Report} report that of the link's currency
 * @param {string} hash
 */
export function readLink(report, hash) {
  const asked = new URLSearchParams(hash.replace(/^#/, ""));
  /** @template {string | null} T @param {string} key @param {string[]} allowed @param {T} usual */
  const oneOf = (key, allowed, usual) => {
    const value = asked.get(key);
    return value !== null && allowed.includes(value) ? value : usual;
  };
  const kinds = report.context.costViews.map((view) => view.kind);
  const state = defaults(report, oneOf("kind", kinds, kinds[0]));
  state.currency = linkedCurrency(report.currencies, hash);
  const choices = report.choices[state.kind];
  state.source = oneOf("source", choices.sources, state.source);
  state.range = oneOf("range", Object.keys(RANGES), state.range);
  for (const dimension of DIMENSIONS) {
    state[dimension] = [...new Set(asked.getAll(dimension))].filter((name) => choices[dimension].includes(name));
  }
  state.group = groupsOf(report, state.kind).find((group) => group === asked.get("group")) ?? null;
  const day = readDay(asked.get("day"));
  state.day = day !== null && day >= report.firstDay && day <= report.today ? day : null;
  for (const [name, { values, usual }] of Object.entries(panelOptions())) {
    state.options[name] = oneOf(name, values, usual);
  }
  return state.range === "custom" ? withDates(report, state, asked) : state;
}

/**
 * The state with the dates of a link, where they are dates of which the report has any.
 * @param {Report} report
 * @param {State} state
 * @param {URLSearchParams} asked
 * @returns {State}
 */
function withDates(report, state, asked) {
  const [from, to] = [readDay(asked.get("from")), readDay(asked.get("to"))];
  const isKnown = from !== null && to !== null && from <= to && to >= report.firstDay && from <= report.lastDay;
  return isKnown ? { ...state, from, to } : { ...state, range: usualRange(report, state.kind) };
}

/**
 * The part of a link after #; empty where nothing was chosen.
 * @param {Report} report
 * @param {State} state
 */
export function writeLink(report, state) {
  const usual = defaults(report, state.kind);
  const link = new URLSearchParams();
  if (state.kind !== report.context.costViews[0].kind) link.append("kind", state.kind);
  if (state.currency !== usual.currency) link.append("currency", state.currency);
  if (state.source !== usual.source) link.append("source", state.source);
  if (state.range !== usual.range) link.append("range", state.range);
  for (const [name, usualValue] of Object.entries(usual.options)) {
    const value = state.options[name];
    if (value && value !== usualValue) link.append(name, value);
  }
  if (state.from !== null && state.to !== null) {
    link.append("from", isoDay(state.from));
    link.append("to", isoDay(state.to));
  }
  for (const dimension of DIMENSIONS) for (const name of state[dimension]) link.append(dimension, name);
  if (state.group !== null) link.append("group", state.group);
  if (state.day !== null) link.append("day", isoDay(state.day));
  return link.toString();
}

/**
 * The same choices for another kind of cost or currency, less what it does not have.
 * @param {Report} report that of the currency
 * @param {State} state
 * @param {string} kind
 * @param {string} [currency]
 * @returns {State}
 */
export function withKind(report, state, kind, currency = state.currency) {
  const choices = report.choices[kind];
  const isKnown = choices.sources.some((source) => source === state.source);
  const source = isKnown ? state.source : "all";
  const usual = defaults(report, kind);
  const { range, from, to } = kind === state.kind ? state : usual;
  const group = groupsOf(report, kind).find((known) => known === state.group) ?? null;
  const changed = { ...usual, currency, source, range, from, to, group, options: state.options };
  for (const dimension of DIMENSIONS) {
    changed[dimension] = state[dimension].filter((name) => choices[dimension].includes(name));
  }
  return changed;
}

/**
 * What a chart is grouped by.
 * @param {State} state
 */
export const chartGroup = (state) => state.group ?? "provider";

/**
 * What a table is grouped by, and the changes between two spans.
 * @param {State} state
 */
export const tableGroup = (state) => state.group ?? "model";

/**
 * Whether anything but the range narrows what is shown.
 * @param {State} state
 */
export const isFiltered = (state) =>
  state.source !== "all" || DIMENSIONS.some((dimension) => state[dimension].length > 0);

/**
 * Whether what is shown is a part of what the headline is of.
 * @param {Report} report
 * @param {State} state
 */
export const isPart = (report, state) => isFiltered(state) || state.currency !== report.currencies[0];

/**
 * @param {Report} report
 * @param {State} state
 */
export const isChanged = (report, state) => isPart(report, state) || state.range !== defaults(report, state.kind).range;

/**
 * The choice that leaves only the rows of a name; where they are all that is left already, every row again.
 * @param {State} state
 * @param {Group} group
 * @param {string} name
 * @returns {Partial<State>}
 */
export function narrowedTo(state, group, name) {
  if (group === "source") return { source: state.source === name ? "all" : name };
  const isAlone = state[group].length === 1 && state[group][0] === name;
  return { [group]: isAlone ? [] : [name] };
}

/**
 * The choice without one of its names.
 * @param {State} state
 * @param {Group} group
 * @param {string} name
 * @returns {Partial<State>}
 */
export const widenedBy = (state, group, name) =>
  group === "source" ? { source: "all" } : { [group]: state[group].filter((known) => known !== name) };

/**
 * Whether a name is among those that what is shown is narrowed to.
 * @param {State} state
 * @param {Group} group
 * @param {string} name
 */
export const isChosen = (state, group, name) =>
  group === "source" ? state.source === name : state[group].includes(name);
