// The page as a whole: one state, one way to change it, one way to draw it. This module is read last and starts it all.

import { download } from "./download.js";
import { byId, embedded, findById, press } from "./elements.js";
import { setFormats } from "./formats.js";
import { buildMenus, fillMenus, showChoices } from "./menus.js";
import { panelOptions, panelScripts } from "./panels.js";
import { currencyChoices, readReport } from "./report.js";
import { rangeDays, rowsOfAllTime, within } from "./selection.js";
import { defaults, linkedCurrency, readLink, withKind, writeLink } from "./state.js";
import { startTheme } from "./theme.js";

/** @import { Actions, PanelInput, Report, State } from "./types.js" */
/** @import { Page } from "./report.js" */

function start() {
  startTheme();
  const carried = { context: embedded("context"), facts: embedded("facts"), panels: embedded("panels") };
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
    for (const [name, value] of Object.entries(state.options)) {
      const group = findById(name);
      if (group) press(group, value);
    }
    for (const [, { render }] of panels) orSayFailed(() => render(input));
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
    history.replaceState(null, "", link ? `#${link}` : location.pathname + location.search);
    show(next);
  };

  /** @type {Actions} */
  const actions = {
    change: (choice) => turnTo({ ...state, ...choice }),
    resetFilters: () => turnTo({ ...defaults(reportIn(currencies[0]), state.kind), options: state.options }),
    redraw,
  };

  buildMenus(report, actions);
  fillMenus(report, state.kind, actions);
  onButtons("cost-view", (kind) => turnTo(withKind(report, state, kind)));
  onButtons("currency", (currency) => turnTo(withKind(reportIn(currency), state, state.kind, currency)));
  for (const name of Object.keys(panelOptions())) {
    onButtons(name, (value) => actions.change({ options: { ...state.options, [name]: value } }));
  }
  onButtons("download", (ending) => {
    const { rows, range } = inputNow();
    download(report, state, rows, range, ending);
    byId("download").removeAttribute("open");
  });
  byId("reset").addEventListener("click", actions.resetFilters);
  addEventListener("hashchange", () => show(linkedState()));
  startPageButtons();
  onNewWidth(redraw);
  for (const [, panel] of panels) orSayFailed(() => panel.start(actions));
  redraw();
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

function startPageButtons() {
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
    byId("failure").hidden = false;
    reportError(error);
  }
}

orSayFailed(start);
