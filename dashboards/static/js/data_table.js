// The table that shows a chart's figures, of equal worth to it. It is filled when it is opened.

import { make } from "./elements.js";

/** @import { TableText } from "./types.js" */

/**
 * Puts the table into `holder`, closed; one that is open stays open when it changes.
 * @param {Element} holder
 * @param {string} label
 * @param {() => TableText} table
 */
export function offerTable(holder, label, table) {
  const wasOpen = holder.querySelector("details")?.open ?? false;
  const scroll = make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": `${label}, table` });
  const details = make("details", {}, make("summary", {}, "Show as table"), scroll);
  const fill = () => {
    if (details.open && !scroll.hasChildNodes()) scroll.append(tableOf(table()));
  };
  details.addEventListener("toggle", fill);
  details.open = wasOpen;
  fill();
  holder.replaceChildren(details);
}

/** @param {TableText} table */
function tableOf({ columns, rows }) {
  const head = columns.map(({ name, number }) => make("th", { scope: "col", class: number ? "number" : null }, name));
  const lines = rows.map((row) =>
    make(
      "tr",
      {},
      row.map((text, place) =>
        place === 0
          ? make("th", { scope: "row" }, text)
          : make("td", { class: columns[place].number ? "number" : null }, text),
      ),
    ),
  );
  return make("table", {}, make("thead", {}, make("tr", {}, head)), make("tbody", {}, lines));
}
