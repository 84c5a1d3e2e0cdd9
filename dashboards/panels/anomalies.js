// The finding over the list of anomalies, and where the daily chart pins them.

import { byId } from "../static/js/elements.js";
import { counted } from "../static/js/formats.js";
import { panel } from "../static/js/panels.js";

/** @import { Report } from "../static/js/types.js" */
/** @typedef {{ number: number, day: string, provider: string | null, title: string }} Anomaly */

/**
 * The anomalies of one kind of cost, the newest first and small ones last; provider null is that of all together.
 * @param {Report} report
 * @param {string} kind
 */
export function anomaliesOf({ panels }, kind) {
  const known = /** @type {Record<string, Anomaly[]> | undefined} */ (panels.anomalies);
  return known?.[kind] ?? [];
}

panel("anomalies", ({ report, state }) => {
  const found = anomaliesOf(report, state.kind);
  byId("anomalies-title").textContent = found.length ? counted(found.length, "anomaly", "anomalies") : "Anomalies";
});
