// One day looked at closely, in a drawer over the page: what it cost by model, project, key and so on, its notes, and what
// is known of it. The filters apply; each name narrows the page to itself.

import { byId, make } from "./elements.js";
import { compareUnits, nameIn, sumUnits } from "./facts.js";
import { counted, money, weekday } from "./formats.js";
import { GROUP_WORDS, shownName } from "./names.js";
import { notesOn } from "./notes.js";
import { DIMENSIONS, groupsOf } from "./report.js";
import { rowsOfAllTime, within } from "./selection.js";
import { stackTotal } from "./stacks.js";
import { isChosen, narrowedTo } from "./state.js";

/** @import { Group, PanelInput, Row } from "./types.js" */

const LISTED = 6;

const drawer = () => /** @type {HTMLDialogElement} */ (byId("day"));

/**
 * What happens when the drawer is closed by its button, by Escape or by a press outside of it.
 * @param {() => void} closed
 */
export function closeDayOn(closed) {
  const dialog = drawer();
  byId("day-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog) dialog.close();
  });
  dialog.addEventListener("close", () => {
    if (dialog.dataset.day) closed();
  });
}

/** @param {PanelInput} input */
export function showDay(input) {
  const { report, state } = input;
  const dialog = drawer();
  dialog.dataset.day = state.day === null ? "" : String(state.day);
  if (state.day === null) return dialog.close();
  const rows = within(rowsOfAllTime(report, state), [state.day, state.day]);
  byId("day-title").textContent =
    `${weekday(state.day)}: ${rows.length ? stackTotal({ rows, total: sumUnits(rows) }) : "no cost"}`;
  dialog.querySelector(".content")?.replaceChildren(...contentOf(rows, state.day, input));
  if (!dialog.open) dialog.showModal();
}

/**
 * @param {Row[]} rows
 * @param {number} day
 * @param {PanelInput} input
 */
function contentOf(rows, day, input) {
  const { report, state, actions } = input;
  /** @param {number} other */
  const toDay = (other) => () => actions.change({ day: other });
  const only = () => actions.change({ day: null, range: "custom", from: day, to: day });
  /** @type {(text: string, onclick: () => void, disabled?: boolean) => HTMLButtonElement} */
  const button = (text, onclick, disabled = false) =>
    make("button", { type: "button", class: "button", onclick, disabled }, text);
  const steps = make(
    "p",
    { class: "steps" },
    button("Day before", toDay(day - 1), day <= report.firstDay),
    button("Day after", toDay(day + 1), day >= report.today),
    button("Only this day", only),
  );
  const notes = notesOn(report, state, day).map(({ text }) => make("li", {}, text));
  const asides = day === report.today ? ["Incomplete: the day is not over"] : [];
  const offered = groupsOf(report, state.kind);
  /** @type {Group[]} */
  const groups = [...DIMENSIONS.filter((dimension) => offered.includes(dimension)), "source"];
  return [
    steps,
    ...asides.map((text) => make("p", { class: "text" }, text)),
    notes.length ? make("h3", {}, "Notes") : null,
    notes.length ? make("ul", { class: "text" }, notes) : null,
    ...groups
      .filter((group) => group !== "source" || offered.includes(group))
      .flatMap((group) => listOf(rows, group, input)),
  ].filter((node) => node !== null);
}

/**
 * The costliest names of a group with what they cost, and what all the others cost.
 * @param {Row[]} rows
 * @param {Group} group
 * @param {PanelInput} input
 */
function listOf(rows, group, { report, state, actions }) {
  /** @type {Map<string, bigint>} */
  const sums = new Map();
  for (const row of rows) {
    const name = nameIn(group, row.series);
    if (row.units !== null) sums.set(name, (sums.get(name) ?? 0n) + row.units);
  }
  const sorted = [...sums].sort((a, b) => compareUnits(b[1], a[1]));
  if (!sorted.length) return [];
  const lines = sorted.slice(0, LISTED).map(([name, units]) => {
    const onclick = () => actions.change({ day: null, ...narrowedTo(state, group, name) });
    const pressed = String(isChosen(state, group, name));
    const text = shownName(report.context, group, name);
    return make(
      "li",
      {},
      make("button", { type: "button", class: "narrow", "aria-pressed": pressed, onclick }, text),
      make("b", {}, money(units)),
    );
  });
  const others = sorted.slice(LISTED);
  if (others.length) {
    const sum = others.reduce((total, [, units]) => total + units, 0n);
    lines.push(make("li", {}, make("span", {}, counted(others.length, "other")), make("b", {}, money(sum))));
  }
  return [make("h3", {}, `By ${GROUP_WORDS[group].one}`), make("ul", { class: "sums" }, lines)];
}
