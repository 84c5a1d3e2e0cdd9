// What each project costs behind the filters, by the name that people use for it: cost, share, change and providers.
// Pressing one narrows the page to it.

import { without } from "../static/js/comparable_spans.js";
import { byId, draw, make, part, setTitle } from "../static/js/elements.js";
import { counted, EN_DASH, money, percent, shareText } from "../static/js/formats.js";
import { swatch } from "../static/js/group_colours.js";
import { linesOf, sortLines } from "../static/js/group_figures.js";
import { shownName } from "../static/js/names.js";
import { panel } from "../static/js/panels.js";
import { costViewOf, nothingText } from "../static/js/report.js";
import { isChosen, narrowedTo } from "../static/js/state.js";
import { comparedSpans } from "./models.js";

/** @import { PanelInput, Row } from "../static/js/types.js" */
/** @import { Figures, Line } from "../static/js/group_figures.js" */

const SHOWN = 8;
const PROVIDERS_NAMED = 3;
const COLUMNS = [
  { name: "Project", kind: null },
  { name: "Providers", kind: "minor" },
  { name: "Cost", kind: "number" },
  { name: "Share", kind: "number" },
  { name: "Change", kind: "number" },
];

const view = { whole: false };

panel("projects", renderProjects, { isFiltered: true });

/**
 * Every project of `rows`, the costliest first, and what belongs to none last.
 * @param {Row[]} rows
 * @param {{ now: Row[], before: Row[] } | null} compared null: there is nothing to compare with
 */
export function projectsOf(rows, compared) {
  const lines = sortLines(linesOf(rows, "project", compared), "cost", true);
  return [...lines.filter((line) => line.isNamed), ...lines.filter((line) => !line.isNamed)];
}

/**
 * What there is to say of the projects: the costliest one, and what belongs to none.
 * @param {Line[]} projects
 * @param {string} noun
 */
export function projectsFinding(projects, noun) {
  const [first] = projects.filter((project) => project.isNamed);
  const none = projects.find((project) => !project.isNamed);
  if (!first || first.share === null) return "Projects";
  const left = none?.share ? `; ${percent(none.share)} has no project` : "";
  return `${first.name} is ${percent(first.share)} of ${noun}${left}`;
}

/** @param {PanelInput} input */
function renderProjects(input) {
  const { report, state, rows } = input;
  const compared = comparedSpans(input);
  const projects = projectsOf(rows, compared);
  const { label, noun } = costViewOf(report, state);
  const leftOut = compared ? without(report, compared.leftOut) : "";
  const subtitle = `${label} on the chosen days.${leftOut ? ` Changes are ${leftOut}.` : ""}`;
  setTitle("projects", projectsFinding(projects, noun), subtitle);
  const shown = view.whole ? projects : projects.slice(0, SHOWN);
  const body = shown.map((project) => projectRow(project, input));
  if (!body.length) {
    body.push(make("tr", {}, make("td", { colspan: String(COLUMNS.length), class: "empty" }, nothingText(report))));
  }
  const head = COLUMNS.map(({ name, kind }) => make("th", { scope: "col", class: kind }, name));
  byId("project-table").replaceChildren(
    make("table", { class: "projects" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, body)),
  );
  part("projects", ".more-projects").replaceChildren(...moreButtons(projects.length, input));
}

/**
 * @param {Line} project
 * @param {PanelInput} input
 */
function projectRow(project, input) {
  const { state, actions } = input;
  const onclick = () => actions.change(narrowedTo(state, "project", project.name));
  const pressed = String(isChosen(state, "project", project.name));
  const name = make("button", { type: "button", class: "narrow", "aria-pressed": pressed, onclick }, project.name);
  return make(
    "tr",
    {},
    make("th", { scope: "row" }, name),
    make("td", { class: "minor" }, providersOf(project, input)),
    make("td", { class: "number" }, costText(project)),
    make("td", { class: "number" }, project.share === null ? EN_DASH : shareText(project.share), bar(project.share)),
    make("td", { class: "number" }, project.changeText),
  );
}

/**
 * @param {Line} project
 * @param {PanelInput} input
 */
function providersOf({ providers }, { report, state }) {
  const { colourOf, groupOf } = report.coloursOf(state.kind, "provider");
  const named = providers.slice(0, PROVIDERS_NAMED);
  const more = providers.length - named.length;
  const shown = named.map((provider) =>
    make(
      "span",
      { class: "provider-name" },
      swatch(colourOf(groupOf(provider))),
      shownName(report.context, "provider", provider),
    ),
  );
  return more ? [...shown, counted(more, "other")] : shown;
}

/** @param {Figures} figures */
function costText({ units, unpriced }) {
  if (units === null) return unpriced ? "unpriced" : EN_DASH;
  return unpriced ? `at least ${money(units)}` : money(units);
}

/** @param {number | null} share */
const bar = (share) =>
  draw(
    "svg",
    { class: "share", viewBox: "0 0 100 8", preserveAspectRatio: "none", "aria-hidden": "true" },
    draw("rect", { class: "track", width: 100, height: 8 }),
    draw("rect", { class: "part", width: Math.max(0, Math.min(100, (share ?? 0) * 100)), height: 8 }),
  );

/**
 * @param {number} found
 * @param {PanelInput} input
 */
function moreButtons(found, input) {
  if (found <= SHOWN) return [];
  const onclick = () => {
    view.whole = !view.whole;
    renderProjects(input);
    part("projects", ".more-projects button").focus();
  };
  const text = view.whole ? `Show the first ${SHOWN}` : `Show all ${found} projects`;
  return [make("button", { type: "button", class: "button more", onclick }, text)];
}
