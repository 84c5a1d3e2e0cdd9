// The rows behind the filters as a file, with every digit. Text that a spreadsheet would take for a formula is made
// plain text by a leading apostrophe; numbers are left alone.

const DOWNLOAD_COLUMNS = ["date", "provider", "account", "model", "project", "source", "cost_kind", "cost", "currency", "input_tokens", "cached_tokens", "output_tokens", "total_tokens", "unpriced_tokens", "incomplete"];

const sortedRows = (rows) => [...rows].sort((a, b) => a.day - b.day);

function downloadRow(row) {
  const { provider, account, model, project, source, kind, currency } = row.series;
  return {
    date: isoDay(row.day),
    provider,
    account,
    model,
    project,
    source,
    cost_kind: kind,
    cost: row.units === null ? null : exactText(row.units),
    currency,
    input_tokens: row.input,
    cached_tokens: row.cached,
    output_tokens: row.output,
    total_tokens: row.total,
    unpriced_tokens: row.unpriced,
    incomplete: row.day === today,
  };
}

const isText = new Set(["provider", "account", "model", "project", "source", "cost_kind", "currency"]);

function csvCell(value, column) {
  if (value === null || value === undefined) return "";
  let text = String(value);
  if (isText.has(column) && /^[=+\-@\t\r]/.test(text)) text = `'${text}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180 with a byte-order mark, so that a spreadsheet reads it as UTF-8. */
function csvOf(rows) {
  const lines = sortedRows(rows).map((row) => {
    const cells = downloadRow(row);
    return DOWNLOAD_COLUMNS.map((column) => csvCell(cells[column], column)).join(",");
  });
  return `\ufeff${[DOWNLOAD_COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

function jsonOf(state, rows, range) {
  const { source, provider, account, project, model } = state;
  const document = {
    as_of: edition.asOf,
    build_id: edition.buildId,
    is_sample: edition.isSample,
    cost_kind: state.kind,
    currency: edition.currency,
    filters: { from: isoDay(range[0]), to: isoDay(range[1]), source, provider, account, project, model },
    total: exactText(sumUnits(rows)),
    rows: sortedRows(rows).map(downloadRow),
  };
  return `${JSON.stringify(document, null, 1)}\n`;
}

const fileWord = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 40);

function downloadName(state, range, ending) {
  const words = [
    edition.isSample ? "SAMPLE" : null,
    "ai-cost",
    edition.organisation ? fileWord(edition.organisation) : null,
    fileWord(lensOf(state).label),
    isoDay(range[0]),
    isoDay(range[1]),
    state.source,
    LISTS.some((dimension) => state[dimension].length) ? "filtered" : null,
  ];
  return `${words.filter(Boolean).join("_")}.${ending}`;
}

function download(state, rows, range, ending) {
  const [text, type] = ending === "csv" ? [csvOf(rows), "text/csv"] : [jsonOf(state, rows, range), "application/json"];
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  make("a", { href: address, download: downloadName(state, range, ending) }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10000);
}
