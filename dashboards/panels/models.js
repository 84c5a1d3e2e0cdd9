// Every model behind the filters: tokens, cost, what a million tokens cost, share and change. Sorted, searched and cut
// here; on paper every row is there.

import { comparisonOf, without } from "../static/js/comparable_spans.js";
import { byId, draw, findById, icon, make, part, setTitle } from "../static/js/elements.js";
import { counted, EN_DASH, estimate, money, percent, shareText, tokens } from "../static/js/formats.js";
import { modelsOf, searchModels, sortModels, togetherOf, totalOfShares } from "../static/js/model_figures.js";
import { panel } from "../static/js/panels.js";
import { swatch } from "../static/js/provider_colours.js";
import { costViewOf, nothingText } from "../static/js/report.js";

/** @import { PanelInput, SourceKind } from "../static/js/types.js" */
/** @import { Comparison } from "../static/js/comparable_spans.js" */
/** @import { Column, Figures, Model } from "../static/js/model_figures.js" */
/** @import { ProviderColours } from "../static/js/provider_colours.js" */
/** @typedef {{ key: Column, name: string, number?: boolean, minor?: boolean }} Head */

const SHOWN = 12;

/** @type {Head[]} */
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

/** @type {{ key: Column, descending: boolean, search: string, whole: boolean }} */
const view = { key: "cost", descending: true, search: "", whole: false };

panel("models", renderModels, {
  start: ({ redraw }) => {
    const search = findById("model-search");
    if (!(search instanceof HTMLInputElement)) return;
    search.addEventListener("input", () => {
      view.search = search.value;
      redraw();
    });
  },
});

/** @param {PanelInput} input */
function renderModels(input) {
  const { report, state, rows } = input;
  const compared = comparedSpans(input);
  const models = modelsOf(rows, compared);
  const { title, subtitle } = modelsFinding(input, models, compared);
  setTitle("models", title, subtitle);
  const sorted = sortModels(searchModels(models, view.search), view.key, view.descending);
  const colours = report.colours[state.kind];
  const body = sorted.map((model, place) => modelRow(model, report, colours, place >= SHOWN && !view.whole));
  if (!view.whole && sorted.length > SHOWN) {
    const others = sorted.slice(SHOWN);
    body.push(othersRow(others.length, togetherOf(others, totalOfShares(rows))));
  }
  if (!body.length) body.push(emptyRow(models.length ? "No model is called that." : nothingText(report)));
  const head = make(
    "tr",
    {},
    COLUMNS.map((column) => headCell(column, input)),
  );
  const table = make("table", { class: "models" }, make("thead", {}, head), make("tbody", {}, body));
  byId("model-table").replaceChildren(table);
  part("models", ".more-models").replaceChildren(...moreButtons(sorted.length, input));
}

/**
 * @param {number} found
 * @param {PanelInput} input
 */
function moreButtons(found, input) {
  if (found <= SHOWN) return [];
  const text = view.whole ? `Show the first ${SHOWN}` : `Show all ${found} models`;
  const onclick = () => {
    view.whole = !view.whole;
    renderModels(input);
    part("models", ".more-models button").focus();
  };
  return [make("button", { type: "button", class: "button more", onclick }, text)];
}

/**
 * The range's complete days against as many before them, or null where the records do not allow it.
 * @param {Pick<PanelInput, "report" | "state" | "range">} input
 */
export function comparedSpans({ report, state, range }) {
  const last = Math.min(range[1], report.today - 1);
  const length = last - range[0] + 1;
  if (state.range === "all" || length < 1) return null;
  const compared = comparisonOf(report, state, [range[0], last], [range[0] - length, range[0] - 1]);
  return compared.isComparable ? compared : null;
}

/**
 * @param {Pick<PanelInput, "report" | "state" | "rows">} input
 * @param {Model[]} models
 * @param {Comparison | null} compared
 */
export function modelsFinding({ report, state, rows }, models, compared) {
  const { label, noun } = costViewOf(report, state);
  const leftOut = compared ? without(report, compared.leftOut) : "";
  const isWithoutTokens = rows.some((row) => row.series.source === "manual" && row.total === null);
  const subtitle = [
    `${label} on the chosen days.`,
    isWithoutTokens ? "Manual entries carry cost without tokens." : "",
    models.some(({ unpriced }) => unpriced) ? "Some use has no price: those costs are at least what they say." : "",
    leftOut ? `Changes are ${leftOut}.` : "",
  ];
  return { title: titleOf(models, label, noun), subtitle: subtitle.filter(Boolean).join(" ") };
}

/**
 * @param {Model[]} models
 * @param {string} label
 * @param {string} noun
 */
function titleOf(models, label, noun) {
  if (!models.length) return "Models";
  const named = models.filter((model) => model.isNamed);
  const shares = named.map((model) => model.share ?? 0).sort((a, b) => b - a);
  const leaders = shares.slice(0, 3).reduce((sum, share) => sum + share, 0);
  return named.length > 4 && leaders > 0.5
    ? `Three of ${named.length} models make up ${percent(leaders)} of ${noun}`
    : `${label} by model`;
}

/**
 * @param {Head} column
 * @param {PanelInput} input
 */
function headCell({ key, name, number, minor }, input) {
  const isSorted = view.key === key;
  const onclick = () => {
    view.descending = isSorted ? !view.descending : Boolean(number);
    view.key = key;
    renderModels(input);
    part("models", `#model-table th[data-key="${key}"] button`).focus();
  };
  const direction = view.descending ? "descending" : "ascending";
  const kinds = [number ? "number" : "", minor ? "minor" : ""].filter(Boolean).join(" ");
  return make(
    "th",
    { scope: "col", class: kinds || null, "data-key": key, "aria-sort": isSorted ? direction : null },
    make("button", { type: "button", onclick }, name),
    make("span", { class: "printed" }, name),
  );
}

/**
 * @param {SourceKind} source
 * @param {string} label
 */
const badge = (source, label) => make("span", { class: `badge ${source}` }, icon(source), label);

/** @param {number | null} number */
const tokenText = (number) => (number === null ? EN_DASH : tokens(number));

/** @param {Figures} figures */
function costText({ units, unpriced }) {
  if (units === null) return unpriced ? "unpriced" : EN_DASH;
  return unpriced ? `at least ${money(units)}` : money(units);
}

/**
 * @param {Model} model
 * @param {PanelInput["report"]} report
 * @param {ProviderColours} colours
 * @param {boolean} isBeyond
 */
function modelRow(model, { context }, { colourOf, groupOf }, isBeyond) {
  const badges = model.sources.flatMap((source) => [" ", badge(source, context.sourceLabels[source])]);
  const provider = make("span", { class: "provider-name" }, swatch(colourOf(groupOf(model.provider))), model.provider);
  return make(
    "tr",
    { class: isBeyond ? "beyond" : null },
    make("th", { scope: "row" }, make("span", { class: "name" }, model.name), badges),
    make("td", { class: "minor" }, provider),
    figureCells(model),
  );
}

/**
 * @param {number} number
 * @param {Figures} figures
 */
const othersRow = (number, figures) =>
  make(
    "tr",
    { class: "others" },
    make("th", { scope: "row" }, counted(number, "other model")),
    make("td", { class: "minor" }),
    figureCells(figures),
  );

/** @param {string} text */
const emptyRow = (text) => make("tr", {}, make("td", { colspan: String(COLUMNS.length), class: "empty" }, text));

/** @param {Figures} figures */
function figureCells(figures) {
  /** @type {(text: string, minor?: boolean) => HTMLTableCellElement} */
  const cell = (text, minor = true) => make("td", { class: minor ? "number minor" : "number" }, text);
  const isTotalAlone = figures.input === null && figures.total;
  return [
    cell(isTotalAlone ? `${tokens(figures.total ?? 0)} in all` : tokenText(figures.input)),
    cell(tokenText(figures.cached)),
    cell(tokenText(figures.output)),
    cell(costText(figures), false),
    cell(figures.rate === null ? EN_DASH : estimate(figures.rate)),
    make(
      "td",
      { class: "number" },
      figures.share === null ? EN_DASH : shareText(figures.share),
      shareBar(figures.share),
    ),
    cell(figures.changeText),
  ];
}

/** @param {number | null} share */
function shareBar(share) {
  const width = Math.max(0, Math.min(100, (share ?? 0) * 100));
  return draw(
    "svg",
    { class: "share", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "track", width: 100, height: 8 }),
    draw("rect", { class: "part", width, height: 8 }),
  );
}
