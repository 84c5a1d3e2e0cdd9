// Making and finding elements. Text only ever enters the page as text: nothing here, or anywhere in this script, parses
// markup.

/** @typedef {string | number | boolean | null | undefined | ((event: any) => void)} Attribute */
/** @typedef {Node | string | null | undefined} Child */

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

/** @param {string} id */
export const findById = (id) => document.getElementById(id);

/** @param {string} id */
export function byId(id) {
  const found = findById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * Sets attributes, listens to what is named `on…`, and appends children. What is null or undefined is left out.
 * @template {Element} E
 * @param {E} node
 * @param {Record<string, Attribute>} attributes
 * @param {(Child | Child[])[]} children
 */
function setAttributes(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
  return node;
}

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Child | Child[])} children
 */
export const make = (tag, attributes = {}, ...children) =>
  setAttributes(document.createElement(tag), attributes, children);

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, Attribute>} [attributes]
 * @param {...(Child | Child[])} children
 */
export const draw = (tag, attributes = {}, ...children) =>
  setAttributes(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

/** @param {string} name */
export const icon = (name) =>
  draw("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, draw("use", { href: `#icon-${name}` }));

/** @param {string} id */
export const embedded = (id) => JSON.parse(byId(id).textContent ?? "");

/**
 * The element of a panel that `selector` finds first.
 * @param {string} panel
 * @param {string} selector
 */
export function part(panel, selector) {
  const found = findPart(panel, selector);
  if (!found) throw new Error(`the panel ${panel} has no ${selector}`);
  return found;
}

/**
 * @param {string} panel
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export const findPart = (panel, selector) => byId(`${panel}-panel`).querySelector(selector);

/**
 * The finding of a card and the line under it.
 * @param {string} panel
 * @param {string} title
 * @param {string} subtitle
 */
export function setTitle(panel, title, subtitle) {
  byId(`${panel}-title`).textContent = title;
  part(panel, ".subtitle").textContent = subtitle;
}

/**
 * The pressed button of a group follows `value`.
 * @param {Element} group
 * @param {string | null} value
 */
export function press(group, value) {
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.value === String(value)));
  }
}
