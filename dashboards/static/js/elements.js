// Making elements. Text only ever enters the page as text: nothing here, or anywhere in this script, parses markup.

const SVG_NAMESPACE = "http://www.w3.org/2000/svg";

const byId = (id) => document.getElementById(id);

function dress(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return node;
}

const make = (tag, attributes = {}, ...children) => dress(document.createElement(tag), attributes, children);

const draw = (tag, attributes = {}, ...children) => dress(document.createElementNS(SVG_NAMESPACE, tag), attributes, children);

const icon = (name) => draw("svg", { class: "icon", viewBox: "0 0 16 16", "aria-hidden": "true" }, draw("use", { href: `#icon-${name}` }));

const embedded = (id) => JSON.parse(byId(id).textContent);

const edition = embedded("edition");
const panels = embedded("panels");

/** The finding of a card and the line under it. */
function entitle(panel, title, subtitle) {
  byId(`${panel}-title`).textContent = title;
  byId(`${panel}-panel`).querySelector(".subtitle").textContent = subtitle;
}

const part = (panel, selector) => byId(`${panel}-panel`).querySelector(selector);

/** The pressed button of a group follows `value`. */
function press(group, value) {
  for (const button of group.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.dataset.value === String(value)));
  }
}
