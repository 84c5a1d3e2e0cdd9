// The hours of the week: what the pointer is on, and the figures as a table. The squares are drawn with the page.

import { offerTable } from "../static/js/data_table.js";
import { part } from "../static/js/elements.js";
import { panel } from "../static/js/panels.js";

/** @import { Report, TableText } from "../static/js/types.js" */
/** @typedef {{ name: string, tokens: string[] }} Weekday by hour, as it is written */

const HOURS = 24;

/** @param {Report} report */
const weekOf = ({ panels }) => /** @type {Weekday[]} */ (panels.hours);

panel("hours", ({ report }) => {
  const week = weekOf(report);
  const squares = part("hours", ".week svg");
  squares.onpointermove = ({ offsetX, offsetY }) => {
    part("hours", ".week title").textContent = hourText(
      week,
      offsetX / squares.clientWidth,
      offsetY / squares.clientHeight,
    );
  };
  offerTable(part("hours", ".data-table"), "Tokens by weekday and hour", () => hoursTable(week));
});

/**
 * What is at a place of the squares: "Tuesday 14:00, 5.20M tokens".
 * @param {Weekday[]} week
 * @param {number} across from 0 to 1
 * @param {number} down from 0 to 1
 */
export function hourText(week, across, down) {
  /** @type {(share: number, length: number) => number} */
  const placeOf = (share, length) => Math.min(length - 1, Math.max(0, Math.floor(share * length)));
  const { name, tokens } = week[placeOf(down, week.length)];
  const hour = placeOf(across, HOURS);
  return `${name} ${timeOf(hour)}, ${tokens[hour]} tokens`;
}

/**
 * @param {Weekday[]} week
 * @returns {TableText}
 */
export function hoursTable(week) {
  const days = week.map(({ name }) => ({ name, number: true }));
  const rows = Array.from({ length: HOURS }, (_, hour) => [timeOf(hour), ...week.map(({ tokens }) => tokens[hour])]);
  return { columns: [{ name: "Hour" }, ...days], rows };
}

/** @param {number} hour */
const timeOf = (hour) => `${String(hour).padStart(2, "0")}:00`;
