// What the coming days are expected to cost: the days behind, their 7-day mean, the forecast and its bands. A forecast
// exists for the total and for each provider; under any other filter the total is shown, and the card says so.

const FORECAST_HEIGHT = 300;
const MEAN_DAYS = 7;

function forecastSeries(state) {
  const known = panels.forecast?.[state.kind] ?? {};
  const [provider, ...others] = state.provider;
  const alone = provider !== undefined && !others.length && state.source === "all" && LISTS.every((dimension) => dimension === "provider" || !state[dimension].length);
  const key = `provider ${provider}`;
  if (alone && known[key]?.days.length) return { ...known[key], name: provider, provider };
  return { ...(known.total ?? { days: [], totals: {}, starts_on: null, message: null }), name: "All providers", provider: null };
}

function renderForecast(state) {
  const series = forecastSeries(state);
  const chart = part("forecast", ".chart");
  const horizon = Number(state.horizon);
  const past = pastDays(state, series, Math.max(60, horizon));
  byId("horizon").hidden = !series.days.length;
  const note = isFiltered(state) && series.provider === null ? " A forecast of these filters alone is not made: this is everything." : "";
  if (!series.days.length) {
    entitle("forecast", "Forecast", "");
    chart.replaceChildren(make("p", { class: "empty" }, waitingText(series)));
    for (const selector of [".legend", ".horizons", ".alternative"]) part("forecast", selector).replaceChildren();
    return;
  }
  const [total, lower, upper] = series.totals[state.horizon] ?? [null, null, null];
  const interval = total === null ? "" : `; 80% interval ${estimate(lower)} to ${estimate(upper)}`;
  const title = total === null ? "Forecast" : `${estimate(total)} expected over the next ${horizon} days`;
  entitle("forecast", title, `${series.name}, ${lensOf(state).noun}${interval}. Bands are of single days.${note}`);
  const ahead = aheadDays(series, horizon);
  legendForecast();
  drawForecast(chart, past, ahead);
  renderHorizons(state, series);
  offerTable(part("forecast", ".alternative"), "Forecast", () => ({
    columns: [{ name: "Day" }, ...["Expected", "80% interval", "95% interval"].map((name) => ({ name, number: true }))],
    rows: ahead.map((day) => [weekday(day.day), estimate(day.expected), `${estimate(day.low80)} to ${estimate(day.high80)}`, `${estimate(day.low95)} to ${estimate(day.high95)}`]),
  }));
}

function waitingText(series) {
  if (series.message) return series.message;
  const starts = series.starts_on ? `It starts on ${fullDay(dayNumber(series.starts_on))}.` : "";
  return `A forecast needs 14 days of history. ${starts}`;
}

/** Each complete day behind, and the mean of the seven days up to it once there are seven. */
function pastDays(state, series, length) {
  const rows = factsOfKind[state.kind].filter((row) => series.provider === null || row.series.provider === series.provider);
  if (!rows.length) return [];
  const start = rows.reduce((least, row) => Math.min(least, row.day), Infinity);
  const sums = new Map();
  for (const row of rows) if (row.units !== null) sums.set(row.day, (sums.get(row.day) ?? 0) + toNumber(row.units));
  const value = (day) => sums.get(day) ?? 0;
  const found = [];
  for (let day = Math.max(start, today - length); day < today; day++) {
    const week = Array.from({ length: MEAN_DAYS }, (_, back) => value(day - back));
    const mean = day - start + 1 >= MEAN_DAYS ? week.reduce((sum, amount) => sum + amount, 0) / MEAN_DAYS : null;
    found.push({ day, date: dateOf(day), amount: value(day), mean });
  }
  return found;
}

function aheadDays(series, horizon) {
  const first = dayNumber(series.first);
  return series.days.slice(0, horizon).map(([expected, low80, high80, low95, high95], step) => ({
    day: first + step,
    date: dateOf(first + step),
    expected,
    low80,
    high80,
    low95,
    high95,
  }));
}

function legendForecast() {
  const stroke = (attributes) =>
    draw("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" }, draw("line", { x1: 0, x2: 12, y1: 6, y2: 6, ...attributes }));
  part("forecast", ".legend").replaceChildren(
    make("span", {}, stroke({ stroke: "var(--muted)", "stroke-width": 1 }), "Each day"),
    make("span", {}, stroke({ stroke: "var(--ink)", "stroke-width": 2.4 }), "7-day mean"),
    make("span", {}, stroke({ stroke: "var(--ink)", "stroke-width": 2, "stroke-dasharray": "4 3" }), "Forecast"),
    make("span", {}, swatch("var(--band-80)"), "80%"),
    make("span", {}, swatch("var(--band-95)"), "95%"),
  );
}

function drawForecast(chart, past, ahead) {
  const width = Math.max(280, chart.clientWidth);
  const first = past[0]?.day ?? ahead[0].day;
  const last = ahead.at(-1).day;
  const top = Math.max(...past.map((day) => day.amount), ...ahead.map((day) => day.high95), 0) || 1;
  const bottom = Math.min(...past.map((day) => day.amount), ...ahead.map((day) => day.low95), 0);
  const svg = Plot.plot({
    width,
    height: FORECAST_HEIGHT,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 26,
    marginBottom: 28,
    x: { type: "utc", domain: [dateOf(first), dateOf(last)], label: null },
    y: { domain: [bottom, top], nice: true, label: null },
    marks: [
      Plot.gridY({ ticks: 4, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, tickFormat: compactMoney, fill: "var(--muted)" }),
      Plot.axisX({ ticks: Math.max(3, Math.floor(width / 130)), tickSize: 0, tickPadding: 8, tickFormat: timeTick(first, last), fill: "var(--muted)" }),
      Plot.areaY(ahead, { x: "date", y1: "low95", y2: "high95", fill: "var(--band-95)" }),
      Plot.areaY(ahead, { x: "date", y1: "low80", y2: "high80", fill: "var(--band-80)" }),
      Plot.lineY(past, { x: "date", y: "amount", stroke: "var(--muted)", strokeWidth: 1, strokeOpacity: 0.7 }),
      Plot.lineY(past, { x: "date", y: "mean", stroke: "var(--ink)", strokeWidth: 2 }),
      Plot.lineY(ahead, { x: "date", y: "expected", stroke: "var(--ink)", strokeWidth: 1.6, strokeDasharray: "5 3.5" }),
      Plot.ruleY([Math.max(0, bottom)], { stroke: "var(--border)" }),
      Plot.ruleX([dateOf(today)], { stroke: "var(--border)" }),
      Plot.text([dateOf(today)], { x: (date) => date, frameAnchor: "top", dy: -16, text: () => "Today", fill: "var(--muted)" }),
    ],
  });
  nameChart(svg, "Lines of the days behind and the days forecast; walk along them with the arrow keys.");
  const [x, y] = [svg.scale("x"), svg.scale("y")];
  const steps = [...past, ...ahead];
  chart.replaceChildren(svg);
  walkable(chart, {
    label: "Forecast by day",
    places: steps.map((step) => x.apply(step.date)),
    width,
    box: { top: y.range[1], bottom: y.range[0] },
    say: (at) => {
      const step = steps[at];
      return step.amount === undefined
        ? `${weekday(step.day)}: ${estimate(step.expected)} expected, 80% interval ${estimate(step.low80)} to ${estimate(step.high80)}`
        : `${weekday(step.day)}: ${estimate(step.amount)}`;
    },
    note: (at) => forecastNote(steps[at]),
  });
}

function timeTick(first, last) {
  const several = dateOf(first).getUTCFullYear() !== dateOf(last).getUTCFullYear();
  return (date, place) => {
    const day = date / DAY_MS;
    const opening = several && (place === 0 || (date.getUTCMonth() === 0 && date.getUTCDate() <= 7));
    if (date.getUTCDate() === 1) return opening ? monthWithYear(day) : shortMonth(day);
    return opening ? fullDay(day) : shortDay(day);
  };
}

function forecastNote(step) {
  if (step.amount !== undefined) {
    return [make("b", {}, weekday(step.day)), noteLine("Recorded", estimate(step.amount)), ...(step.mean === null ? [] : [noteLine("7-day mean", estimate(step.mean))])];
  }
  return [
    make("b", {}, weekday(step.day)),
    noteLine("Expected", estimate(step.expected)),
    noteLine("80%", `${estimate(step.low80)} to ${estimate(step.high80)}`),
    noteLine("95%", `${estimate(step.low95)} to ${estimate(step.high95)}`),
  ];
}

/** All four horizons with their totals, and how each compares with as many days behind. */
function renderHorizons(state, series) {
  const cells = HORIZONS.filter((horizon) => series.totals[horizon]).map((horizon) => {
    const [total, lower, upper] = series.totals[horizon];
    const length = Number(horizon);
    const past = pastDays(state, series, length);
    const sum = past.reduce((amount, day) => amount + day.amount, 0);
    const compared = past.length === length && sum > 0 ? `${percent(total / sum - 1, { signed: true })} on the last ${length}` : null;
    return make("div", {}, `Next ${length} days`, make("b", {}, estimate(total)), `${estimate(lower)} to ${estimate(upper)}`, compared ? make("span", { class: "under" }, compared) : null);
  });
  part("forecast", ".horizons").replaceChildren(...cells);
}
