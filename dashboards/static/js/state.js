// What the reader has chosen, and the link that restores it. Everything read from a link is checked against what the
// report holds; what is unknown is ignored, so that no link can empty the page.

const RANGES = { 30: "Last 30 days", 90: "Last 90 days", 365: "Last 12 months", month: "This month", all: "All time", custom: "Custom dates" };
const GRAINS = ["day", "week", "month"];
const HORIZONS = ["7", "30", "60", "90"];
const COMPARED = ["model", "provider"];
const LISTS = ["provider", "account", "project", "model"];
const ISO_DAY = /^\d{4}-\d{2}-\d{2}$/;

const days = facts.map((row) => row.day);
const firstDay = days.reduce((least, day) => Math.min(least, day), today);
const lastDay = days.reduce((most, day) => Math.max(most, day), days.length ? -Infinity : today);

/** The last 90 days, or all time where nothing was recorded in them. */
function usualRange(kind) {
  return factsOfKind[kind].some((row) => row.day > today - 90 && row.day <= today) ? "90" : "all";
}

function defaults(kind = edition.lenses[0].kind) {
  return {
    kind,
    source: "all",
    range: usualRange(kind),
    from: null,
    to: null,
    provider: [],
    account: [],
    project: [],
    model: [],
    grain: null, // chosen by width until a reader chooses
    horizon: "90",
    compare: "model",
  };
}

const nameOf = (dimension, name) => name ?? NAMELESS[dimension];

/** What one kind of cost can be filtered by: its sources, and its names by list, the costliest first. */
function choicesOf(kind) {
  const rows = factsOfKind[kind];
  const names = (dimension) => [...new Set(namesByCost(dimension, rows).map((name) => nameOf(dimension, name)))];
  return {
    sources: SOURCES.filter((source) => rows.some((row) => row.series.source === source)),
    ...Object.fromEntries(LISTS.map((dimension) => [dimension, names(dimension)])),
  };
}

const choices = Object.fromEntries(edition.lenses.map(({ kind }) => [kind, choicesOf(kind)]));

function readDay(text) {
  if (!ISO_DAY.test(text ?? "")) return null;
  const day = dayNumber(text);
  return Number.isInteger(day) && isoDay(day) === text ? day : null;
}

function readLink(hash) {
  let asked;
  try {
    asked = new URLSearchParams(hash.replace(/^#/, ""));
  } catch {
    return defaults();
  }
  const oneOf = (key, allowed, otherwise) => (allowed.includes(asked.get(key)) ? asked.get(key) : otherwise);
  const kind = oneOf("kind", edition.lenses.map((lens) => lens.kind), edition.lenses[0].kind);
  const state = defaults(kind);
  state.source = oneOf("source", choices[kind].sources, state.source);
  state.range = oneOf("range", Object.keys(RANGES), state.range);
  for (const dimension of LISTS) {
    state[dimension] = [...new Set(asked.getAll(dimension))].filter((name) => choices[kind][dimension].includes(name));
  }
  state.grain = oneOf("grain", GRAINS, null);
  state.horizon = oneOf("horizon", HORIZONS, state.horizon);
  state.compare = oneOf("compare", COMPARED, state.compare);
  if (state.range === "custom") {
    const [from, to] = [readDay(asked.get("from")), readDay(asked.get("to"))];
    if (from === null || to === null || from > to || to < firstDay || from > lastDay) state.range = usualRange(kind);
    else Object.assign(state, { from, to });
  }
  return state;
}

function writeLink(state) {
  const usual = defaults(state.kind);
  const said = new URLSearchParams();
  if (state.kind !== edition.lenses[0].kind) said.append("kind", state.kind);
  for (const key of ["source", "range", "horizon", "compare", "grain"]) {
    if (state[key] !== usual[key]) said.append(key, state[key]);
  }
  if (state.range === "custom") {
    said.append("from", isoDay(state.from));
    said.append("to", isoDay(state.to));
  }
  for (const dimension of LISTS) for (const name of state[dimension]) said.append(dimension, name);
  return said.toString();
}

/** The same choices for another kind of cost, less what it does not know. */
function withKind(state, kind) {
  const known = choices[kind];
  const kept = LISTS.map((dimension) => [dimension, state[dimension].filter((name) => known[dimension].includes(name))]);
  const source = known.sources.includes(state.source) ? state.source : "all";
  return { ...state, kind, source, range: usualRange(kind), from: null, to: null, ...Object.fromEntries(kept) };
}

/** Whether anything narrows what is shown, the range apart. */
const isFiltered = (state) => state.source !== "all" || LISTS.some((dimension) => state[dimension].length > 0);

const isChanged = (state) => {
  const usual = defaults(state.kind);
  return isFiltered(state) || state.range !== usual.range;
};
