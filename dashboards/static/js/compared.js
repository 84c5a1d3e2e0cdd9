// Which sources two spans can be compared on, and which are left out, in rows and in words.

const sourceKey = ({ kind, provider, account, source }) => JSON.stringify([kind, provider, account, source]);
const recordedSpans = new Map(
  edition.recorded.map(([kind, provider, account, source, name, from, through]) => [
    sourceKey({ kind, provider, account, source }),
    { name, from: dayNumber(from), through: through === null ? Infinity : dayNumber(through) },
  ]),
);

/**
 * The rows of two spans that can be compared, and the sources left out with what they cost now, the costliest first. The
 * rule is that of rpt_comparison_sources, for any days and filters: a source is compared where it is recorded in both
 * spans whole, and where such sources cost at least half of each span.
 */
function comparisonOf(state, current, previous) {
  const all = rowsOfAllTime(state);
  const sides = { now: within(all, current), before: within(all, previous) };
  const sums = sumsBySource(sides);
  const covers = (key) => {
    const recorded = recordedSpans.get(key);
    return recorded !== undefined && recorded.from <= previous[0] && recorded.through >= current[1];
  };
  const keys = [...sums.keys()];
  const shared = keys.filter(covers);
  const weight = (chosen, side) => chosen.reduce((sum, key) => sum + absolute(sums.get(key)[side] ?? 0n), 0n);
  const leftOut = keys
    .filter((key) => recordedSpans.has(key) && !covers(key))
    .map((key) => ({ ...recordedSpans.get(key), isLate: recordedSpans.get(key).from > previous[0], units: sums.get(key).now }))
    .sort((a, b) => compareUnits(absolute(b.units ?? 0n), absolute(a.units ?? 0n)) || (a.name < b.name ? -1 : 1));
  return {
    isComparable: shared.length > 0 && ["now", "before"].every((side) => 2n * weight(shared, side) >= weight(keys, side)),
    now: sides.now.filter((row) => covers(sourceKey(row.series))),
    before: sides.before.filter((row) => covers(sourceKey(row.series))),
    leftOut,
  };
}

function sumsBySource(sides) {
  const sums = new Map();
  for (const [side, rows] of Object.entries(sides)) {
    for (const row of rows) {
      if (row.units === null) continue;
      const key = sourceKey(row.series);
      if (!sums.has(key)) sums.set(key, { now: null, before: null });
      sums.get(key)[side] = (sums.get(key)[side] ?? 0n) + row.units;
    }
  }
  return sums;
}

const absolute = (units) => (units < 0n ? -units : units);
const compareUnits = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const LEFT_OUT_NAMED = 2;

/** Why a source is left out: "recorded from Oct 28 on". */
function reasonOf({ isLate, from, through }) {
  const write = (day) => (dateOf(day).getUTCFullYear() === dateOf(today).getUTCFullYear() ? shortDay(day) : fullDay(day));
  return isLate ? `recorded from ${write(from)} on` : `recorded only through ${write(through)}`;
}

/** "without groq, recorded from Oct 28 on: $48", or nothing; by the same words as dashboards/recorded.py. */
function without(leftOut) {
  if (!leftOut.length) return "";
  const amount = (sources) => {
    const known = sources.filter((source) => source.units !== null);
    return known.length ? `: ${money(known.reduce((sum, source) => sum + source.units, 0n))}` : "";
  };
  const parts = leftOut.slice(0, LEFT_OUT_NAMED).map((source) => `${source.name}, ${reasonOf(source)}${amount([source])}`);
  const more = leftOut.slice(LEFT_OUT_NAMED);
  if (more.length) parts.push(`${more.length} more${amount(more)}`);
  return `without ${parts.join(", and ")}`;
}
