// The rows behind the filters as a file, with every digit. Text that a spreadsheet would take for a formula is made
// plain text by a leading apostrophe; numbers are left alone.

import { isoDay } from "./days.js";
import { make } from "./elements.js";
import { sumUnits } from "./facts.js";
import { exactText } from "./formats.js";
import { costViewOf, DIMENSIONS } from "./report.js";

/** @import { Report, Row, Span, State } from "./types.js" */

const TEXT_COLUMNS = new Set([
  "provider",
  "account",
  "host",
  "model",
  "project",
  "key",
  "source",
  "cost_kind",
  "currency",
  "billing_currency",
]);

/**
 * The rows of a file, the earliest day first.
 * @param {Report} report
 * @param {Row[]} rows
 */
function fileRows({ today, currency }, rows) {
  return [...rows]
    .sort((a, b) => a.day - b.day)
    .map((row) => {
      const { provider, account, host, model, project, key, source, kind } = row.series;
      return {
        date: isoDay(row.day),
        provider,
        account,
        host,
        model,
        project,
        key,
        source,
        cost_kind: kind,
        cost: row.units === null ? null : exactText(row.units),
        currency,
        billed_cost: row.billed === null ? null : exactText(row.billed),
        billing_currency: row.series.currency,
        input_tokens: row.input,
        cached_tokens: row.cached,
        output_tokens: row.output,
        total_tokens: row.total,
        unpriced_tokens: row.unpriced,
        incomplete: row.day === today,
      };
    });
}

const COLUMNS = [
  "date",
  "provider",
  "account",
  "host",
  "model",
  "project",
  "key",
  "source",
  "cost_kind",
  "cost",
  "currency",
  "billed_cost",
  "billing_currency",
  "input_tokens",
  "cached_tokens",
  "output_tokens",
  "total_tokens",
  "unpriced_tokens",
  "incomplete",
];

/**
 * @param {string | number | boolean | null} value
 * @param {string} column
 */
function csvCell(value, column) {
  if (value === null) return "";
  let text = String(value);
  if (TEXT_COLUMNS.has(column) && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * RFC 4180 with a byte-order mark, so that a spreadsheet reads it as UTF-8.
 * @param {Report} report
 * @param {Row[]} rows
 */
export function csvOf(report, rows) {
  const lines = fileRows(report, rows).map((row) => {
    /** @type {Record<string, string | number | boolean | null>} */
    const cells = row;
    return COLUMNS.map((column) => csvCell(cells[column], column)).join(",");
  });
  return `\ufeff${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

/**
 * @param {Report} report
 * @param {State} state
 * @param {Row[]} rows
 * @param {Span} range
 */
export function jsonOf(report, state, rows, range) {
  const { context } = report;
  const { source, provider, account, host, project, key, model } = state;
  const content = {
    as_of: context.asOf,
    build_id: context.buildId,
    is_sample: context.isSample,
    cost_kind: state.kind,
    currency: report.currency,
    billing_currency: report.isAlone ? report.currency : "all",
    filters: { from: isoDay(range[0]), to: isoDay(range[1]), source, provider, account, host, project, key, model },
    total: exactText(sumUnits(rows)),
    rows: fileRows(report, rows),
  };
  return `${JSON.stringify(content, null, 1)}\n`;
}

/** @param {string} text */
const fileWord = (text) =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 40);

/**
 * @param {Report} report
 * @param {State} state
 * @param {Span} range
 * @param {string} ending
 */
export function downloadName(report, state, range, ending) {
  const { isSample, organisation } = report.context;
  const words = [
    isSample ? "SAMPLE" : null,
    "ai-cost",
    organisation ? fileWord(organisation) : null,
    fileWord(costViewOf(report, state).label),
    isoDay(range[0]),
    isoDay(range[1]),
    state.source,
    report.isAlone ? report.currency : null,
    DIMENSIONS.some((dimension) => state[dimension].length) ? "filtered" : null,
  ];
  return `${words.filter(Boolean).join("_")}.${ending}`;
}

/**
 * @param {Report} report
 * @param {State} state
 * @param {Row[]} rows
 * @param {Span} range
 * @param {string} ending "csv" or "json"
 */
export function download(report, state, rows, range, ending) {
  const [text, type] =
    ending === "csv" ? [csvOf(report, rows), "text/csv"] : [jsonOf(report, state, rows, range), "application/json"];
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  make("a", { href: address, download: downloadName(report, state, range, ending) }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
