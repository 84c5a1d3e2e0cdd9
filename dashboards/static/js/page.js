// The page as a whole: one state, one way to change it, one way to draw it. This module is read last and starts it all.

import { closeDayOn, showDay } from "./day_drawer.js";
import { download } from "./download.js";
import { byId, embedded, findById, make, press } from "./elements.js";
import { setFormats } from "./formats.js";
import { inflate } from "./inflate.js";
import { buildMenus, closeMenus, fillMenus, showChoices } from "./menus.js";
import { panelOptions, panelScripts } from "./panels.js";
import { costViewOf, currencyChoices, readReport } from "./report.js";
import { rangeDays, rowsOfAllTime, within } from "./selection.js";
import { defaults, isPart, linkedCurrency, readLink, withKind, writeLink } from "./state.js";
import { startTheme } from "./theme.js";

/** @import { Actions, PanelInput, PanelScript, Report, State } from "./types.js" */
/** @import { Page } from "./report.js" */

async function start() {
  startTheme();
  const facts = JSON.parse(await inflate(byId("facts").textContent ?? ""));
  const carried = { context: embedded("context"), facts, panels: embedded("panels") };
  const currencies = currencyChoices(carried);
  const reportIn = reportsOf(carried, currencies);
  const linkedState = () => readLink(reportIn(linkedCurrency(currencies, location.hash)), location.hash);
  // A page may lack a panel: one whose mart is not in the published file is left out.
  const panels = panelScripts().filter(([id]) => findById(`${id}-panel`));
  let state = linkedState();
  let report = reportIn(state.currency);

  /** @returns {PanelInput} */
  const inputNow = () => {
    const range = rangeDays(report, state);
    return { report, state, range, rows: within(rowsOfAllTime(report, state), range), actions };
  };

  const redraw = () => {
    const input = inputNow();
    showKind(state.kind);
    showChoices(input);
    showOptions(state);
    showScopes(panels, input);
    for (const [, { render }] of panels) orSayFailed(() => render(input));
    orSayFailed(() => showDay(input));
  };

  /** @param {State} next */
  const show = (next) => {
    const isOther = next.kind !== state.kind || next.currency !== state.currency;
    report = reportIn(next.currency);
    state = next;
    if (isOther) fillMenus(report, state.kind, actions);
    redraw();
  };

  /** @param {State} next */
  const turnTo = (next) => {
    const link = writeLink(reportIn(next.currency), next);
    history.pushState(null, "", link ? `#${link}` : location.pathname + location.search);
    show(next);
  };

  /** @type {Actions} */
  const actions = {
    change: (choice) => turnTo({ ...state, ...choice }),
    resetFilters: () =>
      turnTo({ ...defaults(reportIn(currencies[0]), state.kind), group: state.group, options: state.options }),
    redraw,
  };

  buildMenus(report, actions);
  fillMenus(report, state.kind, actions);
  onButtons("cost-view", (kind) => turnTo(withKind(report, state, kind)));
  onButtons("currency", (currency) => turnTo(withKind(reportIn(currency), state, state.kind, currency)));
  for (const name of Object.keys(panelOptions())) {
    onChoice(name, (value) => actions.change({ options: { ...state.options, [name]: value } }));
  }
  onButtons("download", (ending) => {
    const { rows, range } = inputNow();
    download(report, state, rows, range, ending);
    closeMenus();
  });
  addEventListener("popstate", () => show(linkedState()));
  startPageButtons(actions, panels);
  redraw();
  document.documentElement.dataset.ready = "";
}

/**
 * The report in a currency, read when it is first looked at; figures are written in it from then on.
 * @param {Page} carried
 * @param {string[]} currencies
 */
function reportsOf(carried, currencies) {
  /** @type {Map<string, Report>} */
  const known = new Map();
  /** @param {string} currency */
  return (currency) => {
    const report = known.get(currency) ?? readReport(carried, currency, currencies);
    known.set(currency, report);
    setFormats({ locale: document.documentElement.lang, currency: report.currency, scale: carried.facts.scale });
    return report;
  };
}

/**
 * Shows what belongs to one kind of cost.
 * @param {string} kind
 */
function showKind(kind) {
  /** @type {NodeListOf<HTMLElement>} */
  const parts = document.querySelectorAll("[data-cost-kind]");
  for (const node of parts) node.hidden = node.dataset.costKind !== kind;
  const group = findById("cost-view");
  if (group) press(group, kind);
}

/**
 * @param {string} id
 * @param {(value: string) => void} choose
 */
function onButtons(id, choose) {
  findById(id)?.addEventListener("click", ({ target }) => {
    const value = target instanceof Element ? target.closest("button")?.dataset.value : undefined;
    if (value !== undefined) choose(value);
  });
}

/**
 * Shows what is chosen of what the panels offer.
 * @param {State} state
 */
function showOptions({ options }) {
  for (const [name, value] of Object.entries(options)) {
    const group = findById(name);
    if (group instanceof HTMLSelectElement) group.value = value ?? "";
    else if (group) press(group, value);
  }
}

/**
 * The choice of a group of buttons or of a select.
 * @param {string} id
 * @param {(value: string) => void} choose
 */
function onChoice(id, choose) {
  const found = findById(id);
  if (found instanceof HTMLSelectElement) found.addEventListener("change", () => choose(found.value));
  else onButtons(id, choose);
}

/** Cards of what is read, not of what it costs: no filter could be meant for them. */
const OF_SOURCES = new Set(["freshness-panel", "notes-panel"]);

/**
 * Says on each card that no filter narrows what it is of, while one is set.
 * @param {[string, PanelScript][]} panels
 * @param {PanelInput} input
 */
function showScopes(panels, { report, state }) {
  const narrowed = new Set(panels.filter(([, panel]) => panel.isFiltered).map(([id]) => `${id}-panel`));
  for (const card of document.querySelectorAll(".grid > .card")) {
    const head = card.querySelector(".head > div");
    if (!head || narrowed.has(card.id) || OF_SOURCES.has(card.id)) continue;
    let scope = head.querySelector(".scope");
    if (!scope) {
      scope = make("p", { class: "pill plain scope" });
      head.append(scope);
    }
    scope.textContent = `all ${costViewOf(report, state).noun}`;
    scope.toggleAttribute("hidden", !isPart(report, state));
  }
}

/**
 * @param {Actions} actions
 * @param {[string, PanelScript][]} panels
 */
function startPageButtons(actions, panels) {
  for (const [, panel] of panels) orSayFailed(() => panel.start(actions));
  byId("reset").addEventListener("click", actions.resetFilters);
  closeDayOn(() => actions.change({ day: null }));
  onNewWidth(actions.redraw);
  for (const button of document.querySelectorAll("[data-show-all]")) {
    button.addEventListener("click", () => {
      button.previousElementSibling?.classList.add("whole");
      button.remove();
    });
  }
  byId("print").addEventListener("click", () => print());
}

/** @param {() => void} redraw */
function onNewWidth(redraw) {
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    requestAnimationFrame(redraw);
  });
}

/**
 * What fails is reported on the page and in the console, and the rest goes on: one panel takes no other down.
 * @param {() => void} run
 */
function orSayFailed(run) {
  try {
    run();
  } catch (error) {
    sayFailed(error);
  }
}

/** @param {unknown} error */
function sayFailed(error) {
  byId("failure").hidden = false;
  reportError(error);
}

start().catch(sayFailed);
