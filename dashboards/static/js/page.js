// The page as a whole: one state, one way to change it, one way to draw it.

const THEMES = ["auto", "light", "dark"];
const THEME_KEY = "ai-cost-report-theme";

/** The panels the script draws. A page may lack any: one whose mart is not in the published file is left out. */
const DRAWN = {
  daily: renderDaily,
  anomalies: renderAnomalies,
  forecast: renderForecast,
  budget: renderBudget,
  comparison: renderComparison,
  models: renderModels,
};

let state = readLink(location.hash);

function render() {
  const range = rangeDays(state);
  const rows = within(rowsOfAllTime(state), range);
  for (const node of document.querySelectorAll("[data-lens]")) node.hidden = node.dataset.lens !== state.kind;
  showChoices(state, rows, range);
  for (const [panel, drawn] of Object.entries(DRAWN)) if (byId(`${panel}-panel`)) drawn(state, rows, range);
}

/** Another state on screen and in the link. */
function turnTo(next) {
  if (next.kind !== state.kind) fillMenus(next.kind);
  state = next;
  const link = writeLink(state);
  history.replaceState(null, "", link ? `#${link}` : location.pathname + location.search);
  render();
}

const change = (choice) => turnTo({ ...state, ...choice });

const resetFilters = () => change({ ...defaults(state.kind), grain: state.grain, horizon: state.horizon, compare: state.compare });

/** The finding of the list that is on screen. */
function renderAnomalies() {
  const found = panels.anomalies?.[state.kind] ?? [];
  byId("anomalies-title").textContent = found.length ? counted(found.length, "unusual day") : "Unusual days";
}

function onSegments(id, choose) {
  byId(id)?.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.dataset.value);
  });
}

function listen() {
  onSegments("lens", (kind) => turnTo(withKind(state, kind)));
  onSegments("grain", (grain) => change({ grain }));
  onSegments("horizon", (horizon) => change({ horizon }));
  onSegments("compare", (compare) => change({ compare }));
  byId("reset").addEventListener("click", resetFilters);
  byId("model-search")?.addEventListener("input", (event) => {
    modelView.search = event.target.value;
    render();
  });
  byId("download").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const range = rangeDays(state);
    download(state, within(rowsOfAllTime(state), range), range, button.dataset.value);
    byId("download").open = false;
  });
  for (const button of document.querySelectorAll("[data-show-all]")) {
    button.addEventListener("click", () => {
      button.previousElementSibling.classList.add("whole");
      button.remove();
    });
  }
  byId("print").addEventListener("click", () => print());
  byId("theme").addEventListener("click", () => theme(THEMES[(THEMES.indexOf(chosenTheme()) + 1) % THEMES.length]));
  addEventListener("hashchange", () => {
    const next = readLink(location.hash);
    if (next.kind !== state.kind) fillMenus(next.kind);
    state = next;
    render();
  });
  let width = innerWidth;
  addEventListener("resize", () => {
    if (innerWidth === width) return;
    width = innerWidth;
    requestAnimationFrame(render);
  });
}

const chosenTheme = () => document.documentElement.dataset.theme ?? "auto";

function theme(name) {
  if (name === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = name;
  byId("theme").querySelector("span").textContent = `Theme: ${name}`;
  try {
    localStorage.setItem(THEME_KEY, name);
  } catch {
    // A file opened from disk may have no storage: the theme then holds until the page is left.
  }
}

function rememberedTheme() {
  try {
    const name = localStorage.getItem(THEME_KEY);
    return THEMES.includes(name) ? name : "auto";
  } catch {
    return "auto";
  }
}

try {
  theme(rememberedTheme());
  buildMenus();
  fillMenus(state.kind);
  listen();
  render();
} catch (error) {
  byId("failure").hidden = false;
  throw error;
}
