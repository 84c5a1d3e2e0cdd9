// The filter bar: the source buttons, the menus of ranges, providers, accounts, projects and models, and the line that
// says what is on screen.

import { isoDay, readDay } from "./days.js";
import { byId, icon, make, press } from "./elements.js";
import { atLeast, sumUnits } from "./facts.js";
import { money, span } from "./formats.js";
import { ALL, costViewOf, DIMENSIONS } from "./report.js";
import { isChanged, isPart, RANGES } from "./state.js";

/** @import { Actions, Dimension, PanelInput, Report, Row, Span, State } from "./types.js" */

/** @type {Record<Dimension, { all: string, several: string }>} */
const MENU_WORDS = {
  provider: { all: "All providers", several: "providers" },
  account: { all: "All accounts", several: "accounts" },
  project: { all: "All projects", several: "projects" },
  model: { all: "All models", several: "models" },
};
const SEARCHED_FROM = 9;

/**
 * The choices that do not change, and how every menu closes.
 * @param {Report} report
 * @param {Actions} actions
 */
export function buildMenus(report, actions) {
  buildRange(report, actions);
  /** @type {NodeListOf<HTMLDetailsElement>} */
  const menus = document.querySelectorAll("details.menu");
  for (const menu of menus) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary")?.focus();
    });
  }
  document.addEventListener("pointerdown", ({ target }) => {
    for (const menu of menus) if (menu.open && target instanceof Node && !menu.contains(target)) menu.open = false;
  });
}

/**
 * The choices of one kind of cost.
 * @param {Report} report
 * @param {string} kind
 * @param {Actions} actions
 */
export function fillMenus(report, kind, actions) {
  const { sources } = report.choices[kind];
  /** @type {(source: string, ...content: (Node | string)[]) => HTMLButtonElement} */
  const button = (source, ...content) =>
    make("button", { type: "button", "data-value": source, onclick: () => actions.change({ source }) }, content);
  byId("source").replaceChildren(
    button("all", "All"),
    ...sources.map((source) => button(source, icon(source), report.context.sourceLabels[source])),
  );
  byId("source").hidden = sources.length < 2;
  const { currencies, context } = report;
  byId("currency").replaceChildren(
    ...currencies.map((currency) =>
      make(
        "button",
        { type: "button", "data-value": currency },
        currency === ALL ? `All in ${context.currency}` : `${currency} only`,
      ),
    ),
  );
  byId("currency").hidden = currencies.length < 2;
  for (const dimension of DIMENSIONS) buildList(dimension, report.choices[kind][dimension], actions);
}

/**
 * @param {Report} report
 * @param {Actions} actions
 */
function buildRange({ firstDay, lastDay, today }, actions) {
  const radios = Object.entries(RANGES)
    .filter(([range]) => range !== "custom")
    // An object puts keys that are numbers first and in order, which here is from short to long.
    .map(([range, text]) => {
      const onchange = () => actions.change({ range, from: null, to: null });
      return make("label", {}, make("input", { type: "radio", name: "range", value: range, onchange }), text);
    });
  const [min, max] = [isoDay(firstDay), isoDay(Math.max(lastDay, today))];
  const dates = { from: dayInput("from"), to: dayInput("to") };
  const chooseDates = () => {
    const [from, to] = [readDay(dates.from.value), readDay(dates.to.value)];
    if (from !== null && to !== null && from <= to) actions.change({ range: "custom", from, to });
  };
  for (const input of Object.values(dates)) {
    Object.assign(input, { min, max });
    input.addEventListener("change", chooseDates);
  }
  const labels = [make("label", { for: "from" }, "From", dates.from), make("label", { for: "to" }, "To", dates.to)];
  menuChoices("range").replaceChildren(...radios, make("div", { class: "dates" }, labels));
}

/** @param {string} id */
const dayInput = (id) => make("input", { type: "date", id });

/** @param {string} menu */
function menuChoices(menu) {
  const found = byId(menu).querySelector(".choices");
  if (!found) throw new Error(`the menu ${menu} has no .choices`);
  return found;
}

/**
 * @param {Dimension} dimension
 * @param {string[]} names
 * @param {Actions} actions
 */
function buildList(dimension, names, actions) {
  const list = menuChoices(dimension);
  const onchange = () => actions.change({ [dimension]: checkedNames(dimension) });
  const boxes = names.map((name) =>
    make("label", {}, make("input", { type: "checkbox", value: name, onchange }), make("span", {}, name)),
  );
  list.replaceChildren(...boxes);
  byId(dimension).hidden = names.length < 2;
  if (names.length < SEARCHED_FROM) return;
  const search = make("input", {
    type: "search",
    class: "search",
    "aria-label": `Search ${MENU_WORDS[dimension].several}`,
    placeholder: "Search",
  });
  search.addEventListener("input", () => {
    const wanted = search.value.toLowerCase();
    for (const box of boxes) box.hidden = !(box.textContent ?? "").toLowerCase().includes(wanted);
  });
  list.prepend(search);
}

/**
 * @param {string} menu
 * @param {"checkbox" | "radio"} type
 * @returns {NodeListOf<HTMLInputElement>}
 */
const inputsOf = (menu, type) => byId(menu).querySelectorAll(`input[type=${type}]`);

/** @param {Dimension} dimension */
const checkedNames = (dimension) =>
  [...inputsOf(dimension, "checkbox")].filter((box) => box.checked).map((box) => box.value);

/** @param {PanelInput} input */
export function showChoices({ report, state, rows, range }) {
  press(byId("source"), state.source);
  press(byId("currency"), state.currency);
  for (const radio of inputsOf("range", "radio")) radio.checked = radio.value === state.range;
  for (const [place, id] of ["from", "to"].entries()) {
    /** @type {HTMLInputElement} */ (byId(id)).value = isoDay(range[place]);
  }
  setSummary("range", state.range === "custom" ? span(...range) : RANGES[state.range]);
  for (const dimension of DIMENSIONS) {
    const chosen = state[dimension];
    for (const box of inputsOf(dimension, "checkbox")) box.checked = chosen.includes(box.value);
    setSummary(dimension, chosenText(dimension, chosen));
  }
  byId("status").textContent = statusLine(report, state, rows, range);
  byId("reset").hidden = !isChanged(report, state);
  byId("whole").hidden = !isPart(report, state);
  byId("whole").textContent = `Headline and figures: all ${costViewOf(report, state).noun}`;
}

/**
 * @param {Dimension} dimension
 * @param {string[]} chosen
 */
function chosenText(dimension, chosen) {
  if (chosen.length > 1) return `${chosen.length} ${MENU_WORDS[dimension].several}`;
  return chosen[0] ?? MENU_WORDS[dimension].all;
}

/**
 * @param {string} menu
 * @param {string} text
 */
const setSummary = (menu, text) =>
  byId(menu)
    .querySelector("summary")
    ?.replaceChildren(make("span", {}, text));

/**
 * What is on screen, in one line; on paper it is the statement of the filters.
 * @param {Report} report
 * @param {State} state
 * @param {Row[]} rows
 * @param {Span} range
 */
export function statusLine(report, state, rows, range) {
  const source = state.source === "all" ? "all sources" : `${report.context.sourceLabels[state.source]} only`;
  const lists = DIMENSIONS.filter((dimension) => state[dimension].length).map((dimension) =>
    state[dimension].join(", "),
  );
  const total = rows.length
    ? `${atLeast(rows)}${money(sumUnits(rows))} ${costViewOf(report, state).noun}`
    : "no cost matches";
  const alone = report.isAlone ? [`${report.currency} only`] : [];
  return [span(...range), source, ...alone, ...lists, total + convertedNote(report, rows)].join(" \u00b7 ");
}

/**
 * Which of the amounts are converted.
 * @param {Report} report
 * @param {Row[]} rows
 */
function convertedNote({ currency }, rows) {
  const others = new Set(rows.filter((row) => row.units !== null).map((row) => row.series.currency));
  others.delete(currency);
  return others.size ? `, with ${[...others].sort().join(", ")} converted at the rate of each day` : "";
}
