// Which colour a provider, a model or whatever else a chart is grouped by has: by its rank in all the costs of its kind,
// whatever is filtered, so that a colour never changes its meaning. From the sixth on they share one. What was entered
// manually for a day is hatched in the same colour.

import { draw } from "./elements.js";

/** @import { Series } from "./types.js" */

const COLOURED = 5;

/**
 * The groups that charts of one kind of cost stack: a name each, and one for all after the fifth.
 * @param {string[]} names the costliest first
 * @param {string} others what all after the fifth are called together
 * @param {(series: Series) => string} nameOf
 * @param {(name: string) => string} shownAs what people call a name
 */
export function groupColours(names, others, nameOf, shownAs) {
  const coloured = names.slice(0, COLOURED);
  /** from the bottom of a stack to its top, the shared one last */
  const groups = names.length > COLOURED ? [...coloured, others] : coloured;
  /** @param {string} group */
  const colourOf = (group) =>
    coloured.includes(group) ? `var(--provider-${coloured.indexOf(group) + 1})` : "var(--provider-other)";
  /** @param {string} group */
  const hatchName = (group) => `hatch-${groups.indexOf(group)}`;
  return {
    groups,
    colourOf,
    hatchName,
    /** @param {string} name */
    groupOf: (name) => (coloured.includes(name) ? name : others),
    nameOf,
    /** @param {string} group */
    labelOf: (group) => (coloured.includes(group) ? shownAs(group) : group),
    /** @param {string} group */
    isOne: (group) => coloured.includes(group),
    /** One hatch pattern a group, for an svg's definitions. */
    hatches: () => groups.map((group) => hatch(hatchName(group), colourOf(group))),
  };
}

/** @typedef {ReturnType<typeof groupColours>} GroupColours */

/**
 * @param {string} id
 * @param {string} colour
 */
function hatch(id, colour) {
  return draw(
    "pattern",
    { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    draw("rect", { width: 5, height: 5, fill: "var(--card)" }),
    draw("rect", { width: 2.6, height: 5, fill: colour }),
  );
}

/**
 * A square of a legend, hatched where `hatchId` names the pattern to make.
 * @param {string} colour
 * @param {string | null} [hatchId]
 */
export function swatch(colour, hatchId = null) {
  const square = draw("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" });
  if (hatchId) square.append(draw("defs", {}, hatch(hatchId, colour)));
  square.append(draw("rect", { width: 12, height: 12, fill: hatchId ? `url(#${hatchId})` : colour }));
  return square;
}
