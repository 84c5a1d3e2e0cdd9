// The panels that are drawn by a script. A panel's script registers itself here under the panel's id; the page draws
// whatever has registered, and needs no list.

/** @import { PanelInput, PanelOption, PanelScript } from "./types.js" */

/** @type {Map<string, PanelScript>} */
const registered = new Map();

/**
 * Registers the script of a panel.
 * @param {string} id that of the panel, which is the name of its files
 * @param {(input: PanelInput) => void} render draws the panel, each time that something on the page changes
 * @param {Partial<Omit<PanelScript, "render">>} [more]
 */
export function panel(id, render, { start = () => {}, options = {}, isFiltered = false } = {}) {
  if (registered.has(id)) throw new Error(`two scripts draw the panel ${id}`);
  const known = panelOptions();
  for (const name of Object.keys(options)) if (name in known) throw new Error(`two panels have an option ${name}`);
  registered.set(id, { render, start, options, isFiltered });
}

export const panelScripts = () => [...registered];

/** @returns {Record<string, PanelOption>} */
export const panelOptions = () => Object.assign({}, ...[...registered.values()].map(({ options }) => options));
