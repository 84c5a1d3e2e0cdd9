// Which colour a provider has: by its rank in all the costs of its kind, whatever is filtered, so that a colour never
// changes its meaning. From the sixth on they share one. What was entered manually is hatched in the same colour.

import { draw } from "./elements.js";

const COLOURED = 5;
const OTHERS = "Other providers";

/**
 * The groups that charts of one kind of cost stack: a provider each, and one for all after the fifth.
 * @param {string[]} providers the costliest first
 */
export function providerColours(providers) {
  const coloured = providers.slice(0, COLOURED);
  /** from the bottom of a stack to its top, the shared one last */
  const groups = providers.length > COLOURED ? [...coloured, OTHERS] : coloured;
  /** @param {string} group */
  const colourOf = (group) =>
    coloured.includes(group) ? `var(--provider-${coloured.indexOf(group) + 1})` : "var(--provider-other)";
  /** @param {string} group */
  const hatchName = (group) => `hatch-${groups.indexOf(group)}`;
  return {
    groups,
    colourOf,
    hatchName,
    /** @param {string} provider */
    groupOf: (provider) => (coloured.includes(provider) ? provider : OTHERS),
    /** One hatch pattern a group, for an svg's definitions. */
    hatches: () => groups.map((group) => hatch(hatchName(group), colourOf(group))),
  };
}

/** @typedef {ReturnType<typeof providerColours>} ProviderColours */

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
