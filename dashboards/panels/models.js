// Every model behind the filters, or whatever else they are grouped by: tokens, cost, what a million tokens cost, share and change. Sorted, searched and cut
// here; on paper every row is there.

import { comparisonOf, without } from "../static/js/comparable_spans.js";
import { byId, draw, findById, icon, make, part, setTitle } from "../static/js/elements.js";
import { capitalised, counted, EN_DASH, estimate, money, percent, shareText, tokens } from "../static/js/formats.js";
import { swatch } from "../static/js/group_colours.js";
import { linesOf, searchLines, sortLines, togetherOf, totalOfShares } from "../static/js/group_figures.js";
import { GROUP_WORDS, shownName } from "../static/js/names.js";
import { panel } from "../static/js/panels.js";
import { costViewOf, nothingText } from "../static/js/report.js";
import { isChosen, narrowedTo, tableGroup } from "../static/js/state.js";

/** @import { PanelInput, SourceKind } from "../static/js/types.js" */
/** @import { Comparison } from "../static/js/comparable_spans.js" */
/** @import { Column, Figures, Line } from "../static/js/group_figures.js" */
/** @typedef {{ key: Column, name: string, number?: boolean, minor?: boolean }} Head */

const SHOWN = 12;

/** @type {Head[]} */
const COLUMNS = [
  { key: "name", name: "" },
  { key: "provider", name: "Provider", minor: true },
  { key: "input", name: "Input", number: true, minor: true },
  { key: "cached", name: "Cached", number: true, minor: true },
  { key: "output", name: "Output", number: true, minor: true },
  { key: "cost", name: "Cost", number: true },
  { key: "rate", name: "Per 1M tokens", number: true, minor: true },
  { key: "share", name: "Share", number: true },
  { key: "change", name: "Change", number: true, minor: true },
];

/**
 * Lines beyond the first are not in the page until they are asked for or printed.
 * @type {{ key: Column, descending: boolean, search: string, whole: boolean, printed: boolean }}
 */
const view = { key: "cost", descending: true, search: "", whole: false, printed: false };

panel("models", renderModels, {
  isFiltered: true,
  start: ({ redraw }) => {
    for (const [event, printed] of /** @type {const} */ ([
      ["beforeprint", true],
      ["afterprint", false],
    ])) {
      addEventListener(event, () => {
        view.printed = printed;
        redraw();
      });
    }
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
  const group = tableGroup(state);
  const { one, several } = GROUP_WORDS[group];
  const lines = linesOf(rows, group, compared);
  const { title, subtitle } = modelsFinding(input, lines, compared);
  setTitle("models", title, subtitle);
  const sorted = sortLines(searchLines(lines, view.search), view.key, view.descending);
  const repeated = repeatedNames(lines);
  const shown = view.whole || view.printed ? sorted : sorted.slice(0, SHOWN);
  const body = shown.map((line) => lineRow(line, input, repeated.has(line.name)));
  const others = sorted.slice(shown.length);
  if (others.length)
    body.push(
      othersRow(
        counted(others.length, `other ${one}`, `other ${several}`),
        togetherOf(others, totalOfShares(rows, group)),
      ),
    );
  if (!body.length) body.push(emptyRow(lines.length ? `No ${one} is called that.` : nothingText(report)));
  nameSearch(several);
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
 * The names that several lines have: a model of several providers.
 * @param {Line[]} lines
 */
function repeatedNames(lines) {
  const names = lines.map((line) => line.name);
  return new Set(names.filter((name, place) => names.indexOf(name) !== place));
}

/** @param {string} several */
function nameSearch(several) {
  const search = findById("model-search");
  search?.setAttribute("placeholder", `Search ${several}`);
  search?.setAttribute("aria-label", `Search ${several}`);
}

/**
 * @param {number} found
 * @param {PanelInput} input
 */
function moreButtons(found, input) {
  if (found <= SHOWN) return [];
  const { several } = GROUP_WORDS[tableGroup(input.state)];
  const text = view.whole ? `Show the first ${SHOWN}` : `Show all ${found} ${several}`;
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
 * @param {Line[]} lines
 * @param {Comparison | null} compared
 */
export function modelsFinding({ report, state, rows }, lines, compared) {
  const { label, noun } = costViewOf(report, state);
  const leftOut = compared ? without(report, compared.leftOut) : "";
  const isWithoutTokens = rows.some((row) => row.series.source === "manual" && row.total === null);
  const subtitle = [
    `${label} on the chosen days.`,
    isWithoutTokens ? "Manual entries carry cost without tokens." : "",
    lines.some(({ unpriced }) => unpriced) ? "Some use has no price: those costs are at least what they say." : "",
    leftOut ? `Changes are ${leftOut}.` : "",
  ];
  return {
    title: titleOf(lines, GROUP_WORDS[tableGroup(state)], label, noun),
    subtitle: subtitle.filter(Boolean).join(" "),
  };
}

/**
 * @param {Line[]} lines
 * @param {{ one: string, several: string }} words
 * @param {string} label
 * @param {string} noun
 */
function titleOf(lines, { one, several }, label, noun) {
  if (!lines.length) return capitalised(several);
  const named = lines.filter((line) => line.isNamed);
  const shares = named.map((line) => line.share ?? 0).sort((a, b) => b - a);
  const leaders = shares.slice(0, 3).reduce((sum, share) => sum + share, 0);
  return named.length > 4 && leaders > 0.5
    ? `Three of ${named.length} ${several} make up ${percent(leaders)} of ${noun}`
    : `${label} by ${one}`;
}

/**
 * @param {Head} column
 * @param {PanelInput} input
 */
function headCell({ key, name: fixedName, number, minor }, input) {
  const name = fixedName || GROUP_WORDS[tableGroup(input.state)].heading;
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
 * @param {Line} line
 * @param {PanelInput} input
 * @param {boolean} isRepeated whether only its provider tells the line apart
 */
function lineRow(line, { report, state, actions }, isRepeated) {
  const { context } = report;
  const group = tableGroup(state);
  const badges = line.sources.flatMap((source) => [" ", badge(source, context.sourceLabels[source])]);
  const onclick = () => {
    const provider = isRepeated ? { provider: line.providers } : {};
    actions.change({ ...provider, ...narrowedTo(state, group, line.name) });
  };
  const pressed = String(isChosen(state, group, line.name));
  const shown = shownName(context, group, line.name);
  return make(
    "tr",
    {},
    make(
      "th",
      { scope: "row" },
      make("button", { type: "button", class: "name narrow", "aria-pressed": pressed, onclick }, shown),
      group === "source" ? [] : badges,
    ),
    make("td", { class: "minor" }, providerCell(line.providers, report, state.kind)),
    figureCells(line),
  );
}

/**
 * The provider of a line, or how many it has.
 * @param {string[]} providers
 * @param {PanelInput["report"]} report
 * @param {string} kind
 */
function providerCell(providers, report, kind) {
  if (providers.length > 1) return counted(providers.length, "provider");
  const { colourOf, groupOf } = report.coloursOf(kind, "provider");
  const [provider] = providers;
  const name = shownName(report.context, "provider", provider);
  return make("span", { class: "provider-name" }, swatch(colourOf(groupOf(provider))), name);
}

/**
 * @param {string} name
 * @param {Figures} figures
 */
const othersRow = (name, figures) =>
  make(
    "tr",
    { class: "others" },
    make("th", { scope: "row" }, name),
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
