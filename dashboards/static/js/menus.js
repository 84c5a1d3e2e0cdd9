// The filter bar: the source buttons, the menus of ranges and of the names of each dimension, what charts are grouped by,
// and the line that says what is on screen. Menus are popovers, so the browser opens, closes and places them.

import { isoDay, readDay } from "./days.js";
import { byId, icon, make, press } from "./elements.js";
import { atLeast, sumUnits } from "./facts.js";
import { money, span } from "./formats.js";
import { GROUP_WORDS, shownName } from "./names.js";
import { ALL, costViewOf, DIMENSIONS, groupsOf } from "./report.js";
import { isChanged, isPart, RANGES, usualRange, widenedBy } from "./state.js";

/** @import { Actions, Dimension, Group, PanelInput, Report, Row, Span, State } from "./types.js" */

const SEARCHED_FROM = 9;

/**
 * The choices that do not change.
 * @param {Report} report
 * @param {Actions} actions
 */
export function buildMenus(report, actions) {
  buildRange(report, actions);
  const group = byId("group");
  group.addEventListener("change", () => {
    const chosen = /** @type {HTMLSelectElement} */ (group).value;
    actions.change({ group: chosen === "" ? null : /** @type {Group} */ (chosen) });
  });
  const fold = byId("fold");
  fold.addEventListener("click", () => {
    const isOpen = fold.getAttribute("aria-expanded") !== "true";
    fold.setAttribute("aria-expanded", String(isOpen));
  });
}

/** Closes the menu that is open, if one is. */
export function closeMenus() {
  /** @type {NodeListOf<HTMLElement>} */
  const open = document.querySelectorAll(".choices:popover-open");
  for (const menu of open) menu.hidePopover();
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
  for (const dimension of DIMENSIONS) buildList(dimension, report, kind, actions);
  const groups = groupsOf(report, kind).map((group) => make("option", { value: group }, GROUP_WORDS[group].one));
  byId("group").replaceChildren(make("option", { value: "" }, "provider and model"), ...groups);
  byId("group")
    .closest("label")
    ?.toggleAttribute("hidden", groups.length < 2);
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
  return byId(`${menu}-choices`);
}

/**
 * @param {Dimension} dimension
 * @param {Report} report
 * @param {string} kind
 * @param {Actions} actions
 */
function buildList(dimension, report, kind, actions) {
  const names = report.choices[kind][dimension];
  const list = menuChoices(dimension);
  const onchange = () => actions.change({ [dimension]: checkedNames(dimension) });
  const boxes = names.map((name) => {
    const shown = shownName(report.context, dimension, name);
    const box = make("input", { type: "checkbox", value: name, onchange });
    const only = () => actions.change({ [dimension]: [name] });
    return make(
      "div",
      { class: "offered" },
      make("label", {}, box, make("span", {}, shown)),
      make("button", { type: "button", class: "only", "aria-label": `only ${shown}`, onclick: only }, "only"),
    );
  });
  list.replaceChildren(...boxes);
  byId(dimension).hidden = names.length < 2;
  if (names.length < SEARCHED_FROM) return;
  const search = make("input", {
    type: "search",
    class: "search",
    "aria-label": `Search ${GROUP_WORDS[dimension].several}`,
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
export function showChoices(input) {
  const { report, state, rows, range } = input;
  showChips(input);
  press(byId("source"), state.source);
  press(byId("currency"), state.currency);
  for (const radio of inputsOf("range", "radio")) radio.checked = radio.value === state.range;
  for (const [place, id] of ["from", "to"].entries()) {
    /** @type {HTMLInputElement} */ (byId(id)).value = isoDay(range[place]);
  }
  setOpener("range", state.range === "custom" ? span(...range) : RANGES[state.range]);
  for (const dimension of DIMENSIONS) {
    const chosen = state[dimension];
    for (const box of inputsOf(dimension, "checkbox")) box.checked = chosen.includes(box.value);
    setOpener(dimension, chosenText(report, dimension, chosen));
  }
  /** @type {HTMLSelectElement} */ (byId("group")).value = state.group ?? "";
  byId("status").textContent = statusLine(report, state, rows, range);
  byId("reset").hidden = !isChanged(report, state);
  byId("whole").hidden = !isPart(report, state);
  byId("whole").textContent = `Headline and figures: all ${costViewOf(report, state).noun}`;
}

/**
 * A chip for every choice, which takes it away.
 * @param {PanelInput} input
 */
export function showChips({ report, state, range, actions }) {
  /** @type {(text: string, without: Partial<State>) => HTMLButtonElement} */
  const chip = (text, without) => {
    const onclick = () => {
      actions.change(without);
      byId("main").focus({ preventScroll: true });
    };
    return make(
      "button",
      { type: "button", class: "chip", "aria-label": `Remove ${text}`, onclick },
      text,
      icon("cross"),
    );
  };
  /** @type {Group[]} */
  const groups = [...DIMENSIONS, "source"];
  const chips = groups.flatMap((group) =>
    namesChosen(state, group).map((name) => {
      const shown = shownName(report.context, group, name);
      return chip(`${GROUP_WORDS[group].heading}: ${shown}`, widenedBy(state, group, name));
    }),
  );
  if (state.range === "custom")
    chips.push(chip(span(...range), { range: usualRange(report, state.kind), from: null, to: null }));
  byId("chips").replaceChildren(...chips);
}

/**
 * @param {State} state
 * @param {Group} group
 */
function namesChosen(state, group) {
  if (group !== "source") return state[group];
  return state.source === "all" ? [] : [state.source];
}

/**
 * @param {Report} report
 * @param {Dimension} dimension
 * @param {string[]} chosen
 */
function chosenText({ context }, dimension, chosen) {
  const { several } = GROUP_WORDS[dimension];
  if (chosen.length > 1) return `${chosen.length} ${several}`;
  return chosen.length ? shownName(context, dimension, chosen[0]) : `All ${several}`;
}

/**
 * @param {string} menu
 * @param {string} text
 */
const setOpener = (menu, text) =>
  byId(menu)
    .querySelector(".opener")
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
    state[dimension].map((name) => shownName(report.context, dimension, name)).join(", "),
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
