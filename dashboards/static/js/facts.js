// The daily rows the page carries, read back exactly. The form is described in dashboards/facts.py.

const SOURCES = ["api", "manual", "local", "import"];
const SOURCE_LABELS = { api: "API", manual: "Manual", local: "Local", import: "Import" };
/** What a row says that names none. */
const NAMELESS = { model: "No model named", project: "No project named" };

const today = dayNumber(edition.today);

function spread(text, rows) {
  return text.includes(",") ? text.split(",") : new Array(rows).fill(text);
}

const BASE = 36;
const SAFE_DIGITS = 10; // of base 36: ten of them stay below 2^53

const whole = (text) => parseInt(text, BASE);

/** The whole number of any length, exactly. */
function exactWhole(text) {
  if (text.startsWith("-")) return -exactWhole(text.slice(1));
  if (text.length <= SAFE_DIGITS) return BigInt(whole(text));
  return exactWhole(text.slice(0, -SAFE_DIGITS)) * BigInt(BASE) ** BigInt(SAFE_DIGITS) + BigInt(whole(text.slice(-SAFE_DIGITS)));
}

/** Token counts of a row; what it does not state is null, which is not zero. */
function tokenCounts(texts) {
  const [input, cached, output, unsplit, unpriced] = texts.map((text) => (text === "" ? null : whole(text)));
  return { input, cached, output, total: unsplit === null ? null : unsplit + input + cached + output, unpriced: unpriced ?? 0 };
}

function readFacts(document) {
  scale = document.scale;
  const at = Object.fromEntries(document.columns.map((name, place) => [name, place]));
  const name = (entry, dimension) => document.names[dimension][entry[at[dimension]]];
  const rows = [];
  for (const entry of document.series) {
    const size = entry[at.rows];
    const series = {};
    for (const dimension of ["provider", "account", "model", "project", "source", "kind", "currency"]) {
      series[dimension] = name(entry, dimension);
    }
    const column = (measure) => spread(entry[at[measure]], size);
    const [steps, amounts, ...counts] = ["days", "amounts", "input", "cached", "output", "unsplit", "unpriced"].map(column);
    let day = dayNumber(document.first_day);
    for (let row = 0; row < size; row++) {
      day += whole(steps[row]);
      rows.push({
        day,
        series,
        units: amounts[row] === "" ? null : exactWhole(amounts[row]),
        ...tokenCounts(counts.map((texts) => texts[row])),
      });
    }
  }
  // Other currencies are carried so that the file reconciles, and listed in the data notes; they are not charted.
  return rows.filter((row) => row.series.currency === edition.currency);
}

const facts = readFacts(embedded("facts"));

const sumUnits = (rows) => rows.reduce((sum, row) => (row.units === null ? sum : sum + row.units), 0n);

const sumTokens = (rows, measure) => {
  const known = rows.filter((row) => row[measure] !== null);
  return known.length ? known.reduce((sum, row) => sum + row[measure], 0) : null;
};

const rowsOfKind = (kind) => facts.filter((row) => row.series.kind === kind);

const factsOfKind = Object.fromEntries(edition.lenses.map((lens) => [lens.kind, rowsOfKind(lens.kind)]));

/** Names of a dimension, the costliest first; names alone break ties, so that the order is always the same. */
function namesByCost(dimension, rows) {
  const sums = new Map();
  for (const row of rows) {
    const name = row.series[dimension];
    sums.set(name, (sums.get(name) ?? 0n) + (row.units ?? 0n));
  }
  return [...sums].sort((a, b) => (a[1] < b[1] ? 1 : a[1] > b[1] ? -1 : String(a[0]) < String(b[0]) ? -1 : 1)).map(([name]) => name);
}
