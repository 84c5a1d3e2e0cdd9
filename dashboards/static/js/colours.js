// Which colour a provider has: by its rank in all the costs of its kind, whatever is filtered, so that a colour never
// changes its meaning. From the sixth on they share one. What was entered by hand is hatched in the same colour.

const COLOURED = 5;
const OTHERS = "Other providers";

const ranks = Object.fromEntries(edition.lenses.map(({ kind }) => [kind, namesByCost("provider", factsOfKind[kind])]));

const groupOf = (kind, provider) => (ranks[kind].indexOf(provider) < COLOURED ? provider : OTHERS);

function colourOf(kind, group) {
  const rank = ranks[kind].indexOf(group);
  return rank >= 0 && rank < COLOURED ? `var(--provider-${rank + 1})` : "var(--provider-other)";
}

/** The groups of a kind from the bottom of a stack to its top, the shared one last. */
function groupsOf(kind) {
  const known = ranks[kind];
  return known.length > COLOURED ? [...known.slice(0, COLOURED), OTHERS] : known;
}

const hatchName = (kind, group) => `hatch-${groupsOf(kind).indexOf(group)}`;

/** One hatch pattern per group, for an svg's definitions. */
function hatches(kind) {
  return groupsOf(kind).map((group) => hatch(hatchName(kind, group), colourOf(kind, group)));
}

function hatch(id, colour) {
  return draw(
    "pattern",
    { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    draw("rect", { width: 5, height: 5, fill: "var(--card)" }),
    draw("rect", { width: 2.6, height: 5, fill: colour }),
  );
}

function swatch(colour, hatchId = null) {
  const square = draw("svg", { class: "swatch", viewBox: "0 0 12 12", "aria-hidden": "true" });
  if (hatchId) square.append(draw("defs", {}, hatch(hatchId, colour)));
  square.append(draw("rect", { width: 12, height: 12, fill: hatchId ? `url(#${hatchId})` : colour }));
  return square;
}
