// The reader's theme: that of the system, light or dark; remembered where the page may remember.

import { byId } from "./elements.js";

const THEMES = ["auto", "light", "dark"];
const STORAGE_KEY = "ai-cost-report-theme";

/** @param {string} name */
function showTheme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  const words = byId("theme").querySelector("span");
  if (words) words.textContent = `Theme: ${name}`;
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(STORAGE_KEY, name);
  } catch {
    // A file opened from disk may have no storage: the theme then holds until the page is left.
  }
}

function remembered() {
  try {
    return localStorage.getItem(STORAGE_KEY);
  } catch {
    return null;
  }
}

export function startTheme() {
  let place = Math.max(0, THEMES.indexOf(remembered() ?? "auto"));
  showTheme(THEMES[place]);
  byId("theme").addEventListener("click", () => {
    place = (place + 1) % THEMES.length;
    showTheme(THEMES[place]);
    remember(THEMES[place]);
  });
}
