// What changed between two months over the same days, as bars to both sides. The filters apply, the range does not.

const RISES = 5;
const FALLS = 4;

function renderComparison(state) {
  const windows = panels.comparison?.[state.kind];
  const chart = part("comparison", ".chart");
  byId("compare").hidden = !windows?.current;
  press(byId("compare"), state.compare);
  if (!windows?.current) {
    entitle("comparison", "Month over month", "");
    chart.replaceChildren(make("p", { class: "empty" }, windows?.note ?? "There are not two months with the same days yet."));
    return;
  }
  const compared = comparisonOf(state, ...[windows.current, windows.previous].map((days) => days.map(dayNumber)));
  if (compared.leftOut.length && !compared.isComparable) {
    const [source] = compared.leftOut;
    entitle("comparison", "Month over month", "");
    chart.replaceChildren(make("p", { class: "empty" }, `Nothing to compare with yet: ${source.name} is ${reasonOf(source)}.`));
    part("comparison", ".alternative").replaceChildren();
    return;
  }
  const changes = changesBy(state.compare, compared.now, compared.before);
  titleComparison(windows, compared);
  if (!changes.length) {
    chart.replaceChildren(make("p", { class: "empty" }, "Nothing changed over these days."));
    part("comparison", ".alternative").replaceChildren();
    return;
  }
  drawComparison(chart, bars(changes));
  offerTable(part("comparison", ".alternative"), "Month over month", () => ({
    columns: [{ name: state.compare === "model" ? "Model" : "Provider" }, ...["Before", "Now", "Change"].map((name) => ({ name, number: true }))],
    rows: changes.map(({ name, before, now, change }) => [name, money(before), money(now), money(change, { signed: true })]),
  }));
}

function titleComparison(windows, compared) {
  const [now, before] = [sumUnits(compared.now), sumUnits(compared.before)];
  const change = now - before;
  const days = [windows.current, windows.previous].map((window) => shortSpan(...window.map(dayNumber)));
  const share = before > 0n ? ` (${percent(toNumber(change) / toNumber(before), { signed: true })})` : "";
  const size = money(absolute(change));
  const leftOut = compared.leftOut.length ? `, ${without(compared.leftOut)}` : "";
  const title = change === 0n ? `Level with ${windows.month}` : `${change > 0n ? "Up" : "Down"} ${size}${share} on ${windows.month}`;
  entitle("comparison", title, `${days[0]} against ${days[1]}, complete days only${leftOut}`);
}

/** Every name with a change, the largest rise first. */
function changesBy(dimension, current, previous) {
  const names = new Map();
  const add = (rows, side) => {
    for (const row of rows) {
      const name = dimension === "model" ? modelLabel(row.series) : row.series.provider;
      const entry = names.get(name) ?? { name, now: 0n, before: 0n };
      entry[side] += row.units ?? 0n;
      names.set(name, entry);
    }
  };
  add(current, "now");
  add(previous, "before");
  return [...names.values()]
    .map((entry) => ({ ...entry, change: entry.now - entry.before }))
    .filter((entry) => entry.change !== 0n)
    .sort((a, b) => (a.change < b.change ? 1 : a.change > b.change ? -1 : a.name < b.name ? -1 : 1));
}

/** Costs without a model stand under their provider, not all in one. */
const modelLabel = (series) => series.model ?? `${series.provider}, no model`;

/** The largest rises and falls, and one bar for all the others. */
function bars(changes) {
  const rises = changes.filter((entry) => entry.change > 0n);
  const falls = changes.filter((entry) => entry.change < 0n);
  const shown = [...rises.slice(0, RISES), ...falls.slice(-FALLS)];
  const others = changes.filter((entry) => !shown.includes(entry));
  if (others.length === 1) return [...rises.slice(0, RISES + (rises.length > RISES)), ...falls.slice(-(FALLS + (falls.length > FALLS)))];
  if (!others.length) return shown;
  const rest = others.reduce((sum, entry) => sum + entry.change, 0n);
  return [...shown, { name: `${others.length} others`, change: rest, isRest: true }];
}

function drawComparison(chart, entries) {
  const width = Math.max(260, chart.clientWidth);
  const labels = Math.min(190, Math.round(width * 0.36));
  const room = 64;
  const values = entries.map((entry) => toNumber(entry.change));
  const [least, most] = [Math.min(0, ...values), Math.max(0, ...values)];
  const colour = (entry) => (entry.isRest ? "var(--muted)" : entry.change > 0n ? "var(--bad)" : "var(--ok)");
  const plain = { y: "name", x: (entry) => toNumber(entry.change), text: (entry) => money(entry.change, { signed: true }), fill: "var(--ink)", fontWeight: 600 };
  const svg = Plot.plot({
    width,
    height: entries.length * 27 + 10,
    marginLeft: labels + (least < 0 ? room : 6),
    marginRight: most > 0 ? room : 8,
    marginTop: 4,
    marginBottom: 4,
    x: { domain: [least, most || 0], axis: null },
    y: { type: "band", domain: entries.map((entry) => entry.name), padding: 0.4, axis: null },
    marks: [
      Plot.barX(entries, { y: "name", x1: 0, x2: (entry) => toNumber(entry.change), fill: colour }),
      Plot.ruleX([0], { stroke: "var(--border)" }),
      Plot.text(entries.filter((entry) => entry.change >= 0n), { ...plain, textAnchor: "start", dx: 6 }),
      Plot.text(entries.filter((entry) => entry.change < 0n), { ...plain, textAnchor: "end", dx: -6 }),
      Plot.text(entries, { y: "name", frameAnchor: "left", dx: -(labels + (least < 0 ? room : 6)), textAnchor: "start", text: "name", lineWidth: labels / 12.6, textOverflow: "ellipsis-middle", fill: "var(--muted)", title: null }),
    ],
  });
  nameChart(svg, `Bars of change: ${entries.map((entry) => `${entry.name} ${money(entry.change, { signed: true })}`).join(", ")}.`);
  chart.replaceChildren(svg);
}
