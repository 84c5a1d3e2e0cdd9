// From what is chosen to the rows that answer it, and those rows by day, week or month.

/** The first and last day of the chosen range, both included. */
function rangeDays(state) {
  if (state.range === "custom") return [state.from, state.to];
  if (state.range === "month") return [monthStart(today), today];
  if (state.range === "all") {
    const mine = factsOfKind[state.kind].map((row) => row.day);
    return mine.length ? [mine.reduce((a, b) => Math.min(a, b)), mine.reduce((a, b) => Math.max(a, b))] : [today, today];
  }
  return [today - Number(state.range) + 1, today];
}

/** Rows of the chosen kind, source, providers, accounts, projects and models, over all time. */
function rowsOfAllTime(state) {
  const lists = LISTS.filter((dimension) => state[dimension].length).map((dimension) => [dimension, new Set(state[dimension])]);
  return factsOfKind[state.kind].filter(
    ({ series }) =>
      (state.source === "all" || series.source === state.source) &&
      lists.every(([dimension, names]) => names.has(nameOf(dimension, series[dimension]))),
  );
}

const within = (rows, [first, last]) => rows.filter((row) => row.day >= first && row.day <= last);

function monthStart(day) {
  const date = dateOf(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / DAY_MS;
}

function monthAfter(day) {
  const date = dateOf(day);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / DAY_MS;
}

/** The day a bucket starts on: the day, its Monday, or the first of its month. */
function bucketStart(day, grain) {
  if (grain === "week") return day - ((((day + 3) % 7) + 7) % 7);
  return grain === "month" ? monthStart(day) : day;
}

const bucketAfter = (start, grain) => (grain === "week" ? start + 7 : grain === "month" ? monthAfter(start) : start + 1);

/** The finest grain at which a bar is still at least four pixels wide. */
function fittingGrain([first, last], width) {
  const length = last - first + 1;
  if (width / length >= 4) return "day";
  return width / (length / 7) >= 4 ? "week" : "month";
}

/** Every bucket of the range, empty ones too, each with its rows and the days of it that the range covers. */
function buckets(rows, [first, last], grain) {
  const found = [];
  const places = new Map();
  for (let start = bucketStart(first, grain); start <= last; start = bucketAfter(start, grain)) {
    places.set(start, found.length);
    const end = bucketAfter(start, grain) - 1;
    found.push({ start, from: Math.max(start, first), to: Math.min(end, last), isPart: start < first || end > last, rows: [] });
  }
  for (const row of rows) found[places.get(bucketStart(row.day, grain))].rows.push(row);
  return found;
}

const lensOf = (state) => edition.lenses.find((lens) => lens.kind === state.kind);
