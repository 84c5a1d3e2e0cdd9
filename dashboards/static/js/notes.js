// What was noted of single days: entries by hand, corrections and what an import says. They are written by
// dashboards/panels/daily.py; here they are chosen by day and filters.

import { dayNumber } from "./days.js";

/** @import { Report, State } from "./types.js" */

/** @typedef {{ day: string, provider: string, account: string, source: string, text: string }} Note */

/**
 * The notes of a day whose provider, account and source kind the filters leave.
 * @param {Pick<Report, "panels">} report
 * @param {State} state
 * @param {number} day
 */
export function notesOn({ panels }, state, day) {
  const known = /** @type {Record<string, { notes: Note[] }> | undefined} */ (panels.daily)?.[state.kind]?.notes ?? [];
  return known.filter(
    (note) =>
      dayNumber(note.day) === day &&
      (state.source === "all" || state.source === note.source) &&
      (!state.provider.length || state.provider.includes(note.provider)) &&
      (!state.account.length || state.account.includes(note.account)),
  );
}
