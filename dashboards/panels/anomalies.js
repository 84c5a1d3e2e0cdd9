// The finding over the list of unusual days, and where the daily chart pins them.

import { byId } from "../static/js/elements.js";
import { counted } from "../static/js/formats.js";
import { panel } from "../static/js/panels.js";

/** @import { Report } from "../static/js/types.js" */
/** @typedef {{ number: number, day: string, provider: string | null, title: string }} UnusualDay */

/**
 * The unusual days of one kind of cost, the newest first; provider null is that of all together.
 * @param {Report} report
 * @param {string} kind
 */
export function unusualDays({ panels }, kind) {
  const known = /** @type {Record<string, UnusualDay[]> | undefined} */ (panels.anomalies);
  return known?.[kind] ?? [];
}

panel("anomalies", ({ report, state }) => {
  const found = unusualDays(report, state.kind);
  byId("anomalies-title").textContent = found.length ? counted(found.length, "unusual day") : "Unusual days";
});
