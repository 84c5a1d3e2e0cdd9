// The month's spend against the budget that covers everything, day by day: what is spent, what is forecast on top of
// it, the budget and its even pace. It ignores the filters, and the card says so.

const BUDGET_HEIGHT = 190;

function renderBudget() {
  const budget = panels.budget;
  const chart = part("budget", ".chart");
  if (!budget || !factsOfKind.spend || !chart) return;
  const [first, end] = [dayNumber(budget.first), dayNumber(budget.end)];
  const spent = runningSum(first, today);
  if (!spent.length) return;
  const ahead = runningForecast(spent, end);
  const crossing = [...spent, ...ahead].find((day) => day.sum > budget.amount);
  if (crossing) {
    const passed = crossing.forecast ? "On course to pass" : "Passed";
    entitle("budget", `${passed} the ${budget.name} budget on ${shortDay(crossing.day)}`, "Budgets count spend and ignore the filters");
  }
  drawBudget(chart, budget, { first, end, spent, ahead });
  offerTable(part("budget", ".alternative"), "Budget", () => ({
    columns: [{ name: "Day" }, { name: "Spent so far", number: true }],
    rows: [...spent, ...ahead].map((day) => [weekday(day.day), estimate(day.sum) + (day.forecast ? " forecast" : "")]).reverse(),
  }));
}

function runningSum(first, last) {
  const byDay = new Map();
  for (const row of factsOfKind.spend) if (row.units !== null && row.day >= first && row.day <= last) byDay.set(row.day, (byDay.get(row.day) ?? 0n) + row.units);
  const found = [];
  let sum = 0n;
  for (let day = first; day <= last; day++) {
    sum += byDay.get(day) ?? 0n;
    found.push({ day, date: dateOf(day), sum: toNumber(sum), forecast: false });
  }
  return found;
}

/** From the last complete day on, what is expected is added to what is spent. */
function runningForecast(spent, end) {
  const series = panels.forecast?.spend?.total;
  if (!series?.days.length || spent.at(-1).day !== today) return [];
  const first = dayNumber(series.first);
  let sum = spent.length > 1 ? spent.at(-2).sum : 0;
  const found = [];
  for (let day = first; day < end && day - first < series.days.length; day++) {
    sum += series.days[day - first][0];
    if (day > today) found.push({ day, date: dateOf(day), sum, forecast: true });
  }
  return found;
}

/** The name of the even pace, on the side of it where the spend is not. */
function paceLabel(budget, first, end, now) {
  const isOver = now.sum > (budget.amount * (now.day - first + 1)) / (end - first);
  const side = isOver ? { textAnchor: "start", dx: 6, dy: 8 } : { textAnchor: "end", dx: -6, dy: -6 };
  return { x: () => dateOf(first + (end - first) * 0.5), y: () => budget.amount * 0.5, text: (text) => text, fill: "var(--muted)", ...side };
}

function drawBudget(chart, budget, { first, end, spent, ahead }) {
  const width = Math.max(260, chart.clientWidth);
  const now = spent.at(-1);
  const sums = [...spent, ...ahead].map((day) => day.sum);
  const [bottom, top] = [Math.min(0, ...sums), Math.max(budget.amount, ...sums)];
  const pace = [
    { date: dateOf(first), sum: 0 },
    { date: dateOf(end - 1), sum: budget.amount },
  ];
  const svg = Plot.plot({
    width,
    height: BUDGET_HEIGHT,
    marginLeft: 46,
    marginRight: 22,
    marginTop: 18,
    marginBottom: 26,
    x: { type: "utc", domain: [dateOf(first), dateOf(end - 1)], label: null },
    y: { domain: [bottom * 1.1, top * 1.1], nice: true, label: null },
    marks: [
      Plot.gridY({ ticks: 3, stroke: "var(--grid)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 3, tickSize: 0, tickFormat: compactMoney, fill: "var(--muted)" }),
      Plot.axisX([first, first + 7, first + 14, first + 21, end - 1].map(dateOf), { tickSize: 0, tickPadding: 8, tickFormat: (date) => shortDay(date / DAY_MS), fill: "var(--muted)" }),
      Plot.ruleY([0], { stroke: "var(--border)" }),
      Plot.line(pace, { x: "date", y: "sum", stroke: "var(--muted)", strokeDasharray: "2 3" }),
      Plot.ruleY([budget.amount], { stroke: "var(--bad)", strokeDasharray: "2 3", strokeWidth: 1.5 }),
      Plot.text([`Budget ${budget.amount_text}`], { frameAnchor: "left", x: () => dateOf(first), y: () => budget.amount, text: (text) => text, textAnchor: "start", dy: -8, dx: 2, fill: "var(--muted)" }),
      Plot.text(["Even pace"], paceLabel(budget, first, end, now)),
      Plot.lineY(spent, { x: "date", y: "sum", stroke: "var(--ink)", strokeWidth: 2 }),
      Plot.lineY([now, ...ahead], { x: "date", y: "sum", stroke: "var(--ink)", strokeWidth: 1.6, strokeDasharray: "5 3.5" }),
      Plot.dot([now], { x: "date", y: "sum", r: 3, fill: "var(--ink)" }),
      Plot.text([now], { x: "date", y: "sum", dy: -12, textAnchor: "end", text: (day) => compactMoney(day.sum), fill: "var(--ink)", fontWeight: 600, stroke: "var(--card)", strokeWidth: 4 }),
    ],
  });
  nameChart(svg, `Line of spend so far, ${estimate(now.sum)}, against a budget of ${budget.amount_text}.`);
  chart.replaceChildren(svg);
}
