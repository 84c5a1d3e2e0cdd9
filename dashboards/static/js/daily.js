// Cost by day, week or month, stacked by provider; what was entered by hand is hatched and marked under its day;
// unusual days carry their number; the day that is not over is shaded.

const DAILY_HEIGHT = 300;
const CREDIT_WORD = "below zero: credits";

function renderDaily(state, rows, range) {
  const chart = part("daily", ".chart");
  const width = Math.max(280, chart.clientWidth);
  const grain = state.grain ?? fittingGrain(range, width - 60);
  press(byId("grain"), grain);
  titleDaily(state, rows, range);
  const stacked = buckets(rows, range, grain).map((bucket) => stack(bucket, state.kind));
  legendDaily(state, rows);
  if (!rows.length) {
    chart.replaceChildren(nothingMatches());
    part("daily", ".alternative").replaceChildren();
    return;
  }
  drawDaily(chart, stacked, state, grain, width);
  offerTable(part("daily", ".alternative"), "Cost over time", () => dailyTable(stacked, state, grain));
}

const nothingMatches = () =>
  make(
    "p",
    { class: "empty" },
    facts.length ? "No cost matches these filters. " : edition.hasOtherCurrencies ? `Nothing is recorded in ${edition.currency}. ` : "Nothing is recorded yet. ",
    facts.length ? make("button", { type: "button", class: "button", onclick: resetFilters }, "Reset filters") : null,
  );

/** A finding where the range before is as long and as complete, over what both have, else the plain topic. */
function titleDaily(state, rows, range) {
  const noun = lensOf(state).label;
  const total = sumUnits(rows);
  const amount = sentence(`${atLeast(rows)}${money(total)}`);
  const subtitle = rows.length ? `${amount} on ${span(...range)}, stacked by provider` : "";
  const complete = [range[0], Math.min(range[1], today - 1)];
  const length = complete[1] - complete[0] + 1;
  const before = [complete[0] - length, complete[0] - 1];
  const compared = comparisonOf(state, complete, before);
  const [now, then] = [compared.now, compared.before].map(sumUnits);
  const comparable = state.range !== "all" && length >= 7 && compared.isComparable && then > 0n;
  const title = comparable ? `${noun} ${movement(now, then)} the ${count(length)} days before` : `${noun} by provider`;
  const leftOut = comparable ? without(compared.leftOut) : "";
  entitle("daily", title, leftOut ? `${subtitle}; compared ${leftOut}` : subtitle);
}

function movement(now, then) {
  if (now === then) return "level with";
  return `${now > then ? "up" : "down"} ${percent(Math.abs(toNumber(now - then) / toNumber(then)))} on`;
}

/** "at least " where some of the use has no price. */
const atLeast = (rows) => (rows.some((row) => row.unpriced > 0) ? "at least " : "");

const sentence = (text) => text[0].toUpperCase() + text.slice(1);

function stack(bucket, kind) {
  const sums = new Map();
  for (const row of bucket.rows) {
    if (row.units === null) continue;
    const group = groupOf(kind, row.series.provider);
    const manual = row.series.source === "manual";
    const key = `${manual ? "m" : "-"}${group}`;
    const entry = sums.get(key) ?? { group, manual, units: 0n };
    entry.units += row.units;
    sums.set(key, entry);
  }
  const order = groupsOf(kind);
  const entries = [...sums.values()]
    .filter((entry) => entry.units !== 0n)
    .sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group) || a.manual - b.manual);
  let [up, down] = [0n, 0n];
  const pieces = entries.map((entry) => {
    const from = entry.units > 0n ? up : down;
    const to = from + entry.units;
    if (entry.units > 0n) up = to;
    else down = to;
    return { ...entry, start: bucket.start, y1: toNumber(from), y2: toNumber(to) };
  });
  return { ...bucket, pieces, total: sumUnits(bucket.rows), top: toNumber(up), bottom: toNumber(down) };
}

function legendDaily(state, rows) {
  const shown = new Set(rows.filter((row) => row.units !== null && row.units !== 0n).map((row) => groupOf(state.kind, row.series.provider)));
  const keys = groupsOf(state.kind).filter((group) => shown.has(group));
  const entries = keys.map((group) => make("span", {}, swatch(colourOf(state.kind, group)), group));
  if (rows.some((row) => row.series.source === "manual")) {
    entries.push(make("span", {}, swatch("var(--muted)", "hatch-key"), "Hatched: entered by hand"));
  }
  if (rows.some((row) => row.units !== null && row.units < 0n)) entries.push(make("span", {}, `Bars ${CREDIT_WORD}`));
  part("daily", ".legend").replaceChildren(...entries);
}

function drawDaily(chart, stacked, state, grain, width) {
  const domain = stacked.map((bucket) => bucket.start);
  const pieces = stacked.flatMap((bucket) => bucket.pieces);
  const manual = stacked.filter((bucket) => bucket.pieces.some((piece) => piece.manual)).map((bucket) => bucket.start);
  const open = grain === "day" && domain.includes(today) ? [today] : [];
  const pins = pinsOn(stacked, state, grain);
  const top = Math.max(...stacked.map((bucket) => bucket.top), 0);
  const bottom = Math.min(...stacked.map((bucket) => bucket.bottom), 0);
  const ceiling = top || (bottom ? 0 : 1);
  const barWidth = (width - 62) / domain.length;
  const ticks = ticksOf(domain, grain, width);
  const svg = Plot.plot({
    width,
    height: DAILY_HEIGHT,
    marginLeft: 52,
    marginRight: 10,
    marginTop: 26,
    marginBottom: manual.length ? 46 : 28,
    x: { type: "band", domain, padding: barWidth < 6 ? 0.12 : 0.2, label: null },
    y: { domain: [bottom, ceiling * 1.06], nice: true, label: null },
    marks: [
      () => draw("g", {}, draw("defs", {}, hatches(state.kind))),
      Plot.gridY({ ticks: 4, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, tickFormat: compactMoney, label: null, fill: "var(--muted)" }),
      Plot.axisX({ ticks, tickSize: 0, tickPadding: 8, tickFormat: tickWriter(ticks, grain), label: null, fill: "var(--muted)" }),
      Plot.barY(open, { x: (day) => day, y1: bottom, y2: ceiling * 1.06, fill: "var(--warn)", fillOpacity: 0.16, insetLeft: -1, insetRight: -1 }),
      Plot.text(open, { x: (day) => day, frameAnchor: "top", dy: -16, dx: 8, textAnchor: "end", text: () => "Incomplete", fill: "var(--muted)" }),
      Plot.barY(pieces, {
        x: "start",
        y1: "y1",
        y2: "y2",
        fill: (piece) => (piece.manual ? `url(#${hatchName(state.kind, piece.group)})` : colourOf(state.kind, piece.group)),
        insetTop: 0.5,
        insetBottom: 0.5,
      }),
      Plot.ruleY([0], { stroke: "var(--border)" }),
      Plot.dot(manual, { x: (start) => start, frameAnchor: "bottom", dy: 31, symbol: "triangle", r: Math.min(3, Math.max(1.6, barWidth / 2.2)), fill: "var(--manual)" }),
      Plot.text(manual.length ? ["Manual"] : [], { frameAnchor: "bottom-left", dx: -8, dy: 36, textAnchor: "end", fill: "var(--manual)" }),
      Plot.dot(pins, { x: "start", y: "top", dy: -13, r: 8.5, fill: "var(--bad)", stroke: "var(--card)", strokeWidth: 1.5 }),
      Plot.text(pins, { x: "start", y: "top", dy: -13, text: "number", fill: "var(--on-bad)", fontWeight: 700, fontSize: 11 }),
    ],
  });
  nameChart(svg, `Bars of ${lensOf(state).noun} by ${grain} and provider; walk along them with the arrow keys.`);
  const x = svg.scale("x");
  const y = svg.scale("y");
  chart.replaceChildren(svg);
  walkable(chart, {
    label: `${lensOf(state).label} by ${grain}`,
    places: domain.map((start) => x.apply(start) + x.bandwidth / 2),
    width,
    box: { top: y.range[1], bottom: y.range[0] },
    say: (step) => `${bucketName(stacked[step], grain)}: ${bucketTotal(stacked[step])}${stacked[step].from === today && grain === "day" ? ", incomplete" : ""}`,
    note: (step) => dailyNote(stacked[step], state, grain),
  });
}

function ticksOf(domain, grain, width) {
  const severalYears = dateOf(domain[0]).getUTCFullYear() !== dateOf(domain.at(-1)).getUTCFullYear();
  const label = grain === "month" ? 66 : severalYears ? 100 : 72;
  const room = Math.max(3, Math.floor((width - 60) / label));
  if (grain === "day" && domain.length > 14) {
    const mondays = domain.filter((day) => bucketStart(day, "week") === day);
    const every = Math.ceil(mondays.length / room);
    return mondays.filter((_, place) => (mondays.length - 1 - place) % every === 0);
  }
  const every = Math.ceil(domain.length / room);
  return domain.filter((_, place) => place % every === 0);
}

/** The year stands on the first tick of each year, when there is more than one. */
function tickWriter(ticks, grain) {
  const year = (day) => dateOf(day).getUTCFullYear();
  const several = year(ticks[0]) !== year(ticks.at(-1));
  const opening = new Set(several ? ticks.filter((day, place) => place === 0 || year(day) !== year(ticks[place - 1])) : []);
  if (grain === "month") return (day) => (opening.has(day) ? monthWithYear(day) : shortMonth(day));
  return (day) => (opening.has(day) ? fullDay(day) : shortDay(day));
}

/** The numbered discs of the unusual days that are on screen, above their bars. */
function pinsOn(stacked, state, grain) {
  const byStart = new Map(stacked.map((bucket) => [bucket.start, bucket]));
  const stand = new Map();
  const pins = (panels.anomalies?.[state.kind] ?? []).filter((pin) => pin.provider === null || !state.provider.length || state.provider.includes(pin.provider));
  for (const pin of [...pins].reverse()) {
    const bucket = byStart.get(bucketStart(dayNumber(pin.day), grain));
    if (bucket?.rows.length) stand.set(bucket.start, { number: String(pin.number), start: bucket.start, top: bucket.top, title: pin.title });
  }
  return [...stand.values()];
}

function bucketName(bucket, grain) {
  if (grain === "day") return weekday(bucket.start);
  if (grain === "month" && !bucket.isPart) return monthWithYear(bucket.start);
  const name = span(bucket.from, bucket.to);
  return bucket.isPart ? `Part ${grain}, ${name}` : name;
}

function bucketTotal(bucket) {
  if (bucket.rows.length && bucket.rows.every((row) => row.units === null)) return "unpriced";
  return `${atLeast(bucket.rows)}${money(bucket.total)}`;
}

function dailyNote(bucket, state, grain) {
  const lines = [...bucket.pieces]
    .reverse()
    .map((piece) => noteLine(piece.manual ? `${piece.group}, by hand` : piece.group, money(piece.units), swatch(colourOf(state.kind, piece.group), piece.manual ? "hatch-note" : null)));
  const asides = [];
  if (grain === "day" && bucket.start === today) asides.push(make("span", { class: "aside" }, "Incomplete: the day is not over"));
  const unpriced = sumTokens(bucket.rows, "unpriced");
  if (unpriced) asides.push(make("span", { class: "aside" }, `${tokens(unpriced)} tokens unpriced`));
  const pin = pinsOn([bucket], state, grain)[0];
  if (pin) asides.push(make("span", { class: "aside bad" }, `${pin.number}: ${pin.title}`));
  return [make("b", {}, bucketName(bucket, grain)), ...lines, noteLine("Total", bucketTotal(bucket)), ...asides];
}

function dailyTable(stacked, state, grain) {
  const shown = new Set(stacked.flatMap((bucket) => bucket.pieces.map((piece) => piece.group)));
  const groups = groupsOf(state.kind).filter((group) => shown.has(group));
  const columns = [{ name: grain[0].toUpperCase() + grain.slice(1) }, ...[...groups, "By hand", "Total"].map((name) => ({ name, number: true }))];
  const sum = (pieces) => (pieces.length ? money(pieces.reduce((total, piece) => total + piece.units, 0n)) : EN_DASH);
  const rows = [...stacked].reverse().map((bucket) => [
    bucketName(bucket, grain),
    ...groups.map((group) => sum(bucket.pieces.filter((piece) => piece.group === group))),
    sum(bucket.pieces.filter((piece) => piece.manual)),
    bucketTotal(bucket),
  ]);
  return { columns, rows };
}
