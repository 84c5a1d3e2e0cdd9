// Every model behind the filters: tokens, cost, what a million tokens cost, share and change. Sorted, searched and cut
// here; on paper every row is there.

const SHOWN_MODELS = 12;

const COLUMNS = [
  { key: "name", name: "Model" },
  { key: "provider", name: "Provider", minor: true },
  { key: "input", name: "Input", number: true, minor: true },
  { key: "cached", name: "Cached", number: true, minor: true },
  { key: "output", name: "Output", number: true, minor: true },
  { key: "cost", name: "Cost", number: true },
  { key: "rate", name: "Per 1M tokens", number: true, minor: true },
  { key: "share", name: "Share", number: true },
  { key: "change", name: "Change", number: true, minor: true },
];

const modelView = { key: "cost", descending: true, search: "", whole: false };

function renderModels(state, rows, range) {
  const compared = comparedModels(state, range);
  const models = modelsOf(rows, compared);
  titleModels(state, models, rows, compared);
  const found = models.filter((model) => `${model.name} ${model.provider}`.toLowerCase().includes(modelView.search.toLowerCase()));
  const sorted = [...found].sort(byColumn(modelView));
  const holder = byId("model-table");
  const body = sorted.map((model, place) => modelRow(model, state.kind, place >= SHOWN_MODELS && !modelView.whole));
  if (!modelView.whole && sorted.length > SHOWN_MODELS) {
    const others = sorted.slice(SHOWN_MODELS);
    body.push(othersRow(others.length, togetherOf(others, totalOfShares(rows))));
  }
  const empty = make("tr", {}, make("td", { colspan: String(COLUMNS.length), class: "empty" }, noModels(models)));
  holder.replaceChildren(
    make("table", { class: "models" }, make("thead", {}, make("tr", {}, COLUMNS.map((column) => headCell(column, state, rows, range)))), make("tbody", {}, body.length ? body : empty)),
  );
  const more = part("models", ".more-models");
  more.replaceChildren();
  if (sorted.length > SHOWN_MODELS) {
    const text = modelView.whole ? `Show the first ${SHOWN_MODELS}` : `Show all ${sorted.length} models`;
    more.append(
      make("button", { type: "button", class: "button more", onclick: () => {
        modelView.whole = !modelView.whole;
        renderModels(state, rows, range);
        part("models", ".more-models button").focus();
      } }, text),
    );
  }
}

function noModels(models) {
  if (models.length) return "No model is called that.";
  if (facts.length) return "No cost matches these filters.";
  return edition.hasOtherCurrencies ? `Nothing is recorded in ${edition.currency}.` : "Nothing is recorded yet.";
}

function modelsOf(rows, compared) {
  const total = totalOfShares(rows);
  const [nows, thens] = compared ? [compared.now, compared.before].map(sumsByModel) : [new Map(), new Map()];
  return [...groupByModel(rows)].map(([key, group]) => {
    const { provider, model } = group[0].series;
    const now = nows.get(key) ?? 0n;
    const then = nows.has(key) || thens.has(key) ? (thens.get(key) ?? 0n) : null;
    return {
      name: nameOf("model", model),
      isNamed: model !== null,
      provider,
      sources: SOURCES.filter((source) => group.some((row) => row.series.source === source)),
      rows: group,
      now,
      then,
      ...figuresOf(group, total, now, then),
    };
  });
}

/** What models have shares of; nothing where a credit would make some of them more than all of it, or less than none. */
function totalOfShares(rows) {
  const isCredited = [...sumsByModel(rows).values()].some((units) => units < 0n);
  return isCredited ? 0n : sumUnits(rows);
}

/** What a row of the table says of some rows: tokens, cost, what a million tokens cost, share of the total and change. */
function figuresOf(rows, total, now, then) {
  const priced = rows.filter((row) => row.units !== null);
  const metered = priced.filter((row) => row.total > row.unpriced);
  const pricedTokens = metered.reduce((sum, row) => sum + row.total - row.unpriced, 0);
  const units = priced.length ? sumUnits(priced) : null;
  return {
    input: sumTokens(rows, "input"),
    cached: sumTokens(rows, "cached"),
    output: sumTokens(rows, "output"),
    total: sumTokens(rows, "total"),
    units,
    cost: units === null ? null : toNumber(units),
    unpriced: sumTokens(rows, "unpriced"),
    rate: pricedTokens ? (toNumber(sumUnits(metered)) / pricedTokens) * 1e6 : null,
    share: units === null || total <= 0n ? null : toNumber(units) / toNumber(total),
    ...changeOf(now, then),
  };
}

/** Some models as one line, so that the lines shown add up. */
function togetherOf(models, total) {
  const compared = models.filter((model) => model.then !== null);
  const now = compared.reduce((sum, model) => sum + model.now, 0n);
  const then = compared.length ? compared.reduce((sum, model) => sum + model.then, 0n) : null;
  return figuresOf(models.flatMap((model) => model.rows), total, now, then);
}

/** The range's complete days against as many before them, or null where the records do not allow it. */
function comparedModels(state, range) {
  const last = Math.min(range[1], today - 1);
  const length = last - range[0] + 1;
  if (state.range === "all" || length < 1) return null;
  const compared = comparisonOf(state, [range[0], last], [range[0] - length, range[0] - 1]);
  return compared.isComparable ? compared : null;
}

function changeOf(now, before) {
  if (before === null) return { change: null, changeText: EN_DASH };
  if (before <= 0n) return now > 0n ? { change: Infinity, changeText: "new" } : { change: null, changeText: EN_DASH };
  const change = toNumber(now - before) / toNumber(before);
  return { change, changeText: percent(change, { signed: true }) };
}

const modelKey = ({ provider, model }) => JSON.stringify([provider, model]);

function groupByModel(rows) {
  const groups = new Map();
  for (const row of rows) {
    const key = modelKey(row.series);
    if (groups.has(key)) groups.get(key).push(row);
    else groups.set(key, [row]);
  }
  return groups;
}

const sumsByModel = (rows) => new Map([...groupByModel(rows)].map(([key, group]) => [key, sumUnits(group)]));

function byColumn({ key, descending }) {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    if (a[key] === null || b[key] === null) return (a[key] === null) - (b[key] === null) || byName(a, b);
    return sign * (a[key] < b[key] ? -1 : a[key] > b[key] ? 1 : 0) || byName(a, b);
  };
}

const byName = (a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

function titleModels(state, models, rows, compared) {
  const noun = lensOf(state).noun;
  const named = models.filter((model) => model.isNamed);
  const shares = named.map((model) => model.share ?? 0).sort((a, b) => b - a);
  const leaders = shares.slice(0, 3).reduce((sum, share) => sum + share, 0);
  const title =
    named.length > 4 && leaders > 0.5
      ? `Three of ${named.length} models make up ${percent(leaders)} of ${noun}`
      : `${lensOf(state).label} by model`;
  const unpriced = models.some((model) => model.unpriced > 0) ? " Some use has no price: those costs are at least what they say." : "";
  const manual = rows.some((row) => row.series.source === "manual" && row.total === null) ? " Entries by hand carry cost without tokens." : "";
  const leftOut = compared ? without(compared.leftOut) : "";
  const changes = leftOut ? ` Changes are ${leftOut}.` : "";
  entitle("models", models.length ? title : "Models", `${lensOf(state).label} on the chosen days.${manual}${unpriced}${changes}`);
}

function headCell(column, state, rows, range) {
  const sorted = modelView.key === column.key;
  const sort = () => {
    modelView.descending = sorted ? !modelView.descending : Boolean(column.number);
    modelView.key = column.key;
    renderModels(state, rows, range);
    byId("model-table").querySelector(`th[data-key="${column.key}"] button`).focus();
  };
  const direction = modelView.descending ? "descending" : "ascending";
  const kinds = [column.number && "number", column.minor && "minor"].filter(Boolean).join(" ");
  return make(
    "th",
    { scope: "col", class: kinds || null, "data-key": column.key, "aria-sort": sorted ? direction : null },
    make("button", { type: "button", onclick: sort }, column.name),
    make("span", { class: "printed" }, column.name),
  );
}

const badge = (source) => make("span", { class: `badge ${source}` }, icon(source), SOURCE_LABELS[source]);

const tokenText = (number) => (number === null ? EN_DASH : tokens(number));

function costText(model) {
  if (model.units === null) return model.unpriced > 0 ? "unpriced" : EN_DASH;
  return model.unpriced > 0 ? `at least ${money(model.units)}` : money(model.units);
}

function modelRow(model, kind, beyond) {
  const badges = model.sources.flatMap((source) => [" ", badge(source)]);
  return make(
    "tr",
    { class: beyond ? "beyond" : null },
    make("th", { scope: "row" }, make("span", { class: "name" }, model.name), badges),
    make("td", { class: "minor" }, make("span", { class: "provider-name" }, swatch(colourOf(kind, groupOf(kind, model.provider))), model.provider)),
    figureCells(model),
  );
}

const othersRow = (number, figures) =>
  make("tr", { class: "others" }, make("th", { scope: "row" }, counted(number, "other model")), make("td", { class: "minor" }), figureCells(figures));

function figureCells(figures) {
  const cell = (text, minor = true) => make("td", { class: minor ? "number minor" : "number" }, text);
  return [
    cell(figures.input === null && figures.total ? `${tokens(figures.total)} in all` : tokenText(figures.input)),
    cell(tokenText(figures.cached)),
    cell(tokenText(figures.output)),
    cell(costText(figures), false),
    cell(figures.rate === null ? EN_DASH : estimate(figures.rate)),
    make("td", { class: "number" }, figures.share === null ? EN_DASH : shareText(figures.share), shareBar(figures.share)),
    cell(figures.changeText),
  ];
}

function shareBar(share) {
  const width = Math.max(0, Math.min(100, (share ?? 0) * 100));
  return draw(
    "svg",
    { class: "share", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "track", width: 100, height: 8 }),
    draw("rect", { class: "part", width, height: 8 }),
  );
}
