// The filter bar: the source buttons, the menus of ranges, providers, accounts, projects and models, and the line that
// says what is on screen.

const MENU_WORDS = {
  provider: ["All providers", "providers"],
  account: ["All accounts", "accounts"],
  project: ["All projects", "projects"],
  model: ["All models", "models"],
};
const SEARCHED_FROM = 9;

/** The choices that do not change, and how every menu closes. */
function buildMenus() {
  buildRange();
  for (const menu of document.querySelectorAll("details.menu")) {
    menu.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !menu.open) return;
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  }
  document.addEventListener("pointerdown", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
}

/** The choices of one kind of cost. */
function fillMenus(kind) {
  const { sources } = choices[kind];
  const button = (source, ...content) => make("button", { type: "button", "data-value": source, onclick: () => change({ source }) }, content);
  byId("source").replaceChildren(button("all", "All"), ...sources.map((source) => button(source, icon(source), SOURCE_LABELS[source])));
  byId("source").hidden = sources.length < 2;
  for (const dimension of LISTS) buildList(dimension, choices[kind][dimension]);
}

function buildRange() {
  const radios = Object.entries(RANGES)
    .filter(([range]) => range !== "custom")
    // An object puts keys that are numbers first and in order, which here is from short to long.
    .map(([range, text]) => make("label", {}, make("input", { type: "radio", name: "range", value: range, onchange: () => change({ range, from: null, to: null }) }), text));
  const day = (id, text) => make("label", { for: id }, text, make("input", { type: "date", id, min: isoDay(firstDay), max: isoDay(Math.max(lastDay, today)), onchange: chooseDates }));
  byId("range").querySelector(".choices").replaceChildren(...radios, make("div", { class: "dates" }, day("from", "From"), day("to", "To")));
}

function chooseDates() {
  const [from, to] = ["from", "to"].map((id) => readDay(byId(id).value));
  if (from !== null && to !== null && from <= to) change({ range: "custom", from, to });
}

function buildList(dimension, names) {
  const boxes = names.map((name) =>
    make("label", {}, make("input", { type: "checkbox", value: name, onchange: () => change({ [dimension]: checkedNames(dimension) }) }), make("span", {}, name)),
  );
  const list = byId(dimension).querySelector(".choices");
  list.replaceChildren(...boxes);
  byId(dimension).hidden = names.length < 2;
  if (names.length < SEARCHED_FROM) return;
  const narrow = (event) => {
    const wanted = event.target.value.toLowerCase();
    for (const box of boxes) box.hidden = !box.textContent.toLowerCase().includes(wanted);
  };
  list.prepend(make("input", { type: "search", class: "search", "aria-label": `Search ${MENU_WORDS[dimension][1]}`, placeholder: "Search", oninput: narrow }));
}

const checkedNames = (dimension) => [...byId(dimension).querySelectorAll("input[type=checkbox]:checked")].map((box) => box.value);

function showChoices(state, rows, range) {
  press(byId("source"), state.source);
  if (byId("horizon")) press(byId("horizon"), state.horizon);
  if (byId("lens")) press(byId("lens"), state.kind);
  for (const radio of byId("range").querySelectorAll("input[type=radio]")) radio.checked = radio.value === state.range;
  byId("from").value = isoDay(range[0]);
  byId("to").value = isoDay(range[1]);
  summarise("range", state.range === "custom" ? span(...range) : RANGES[state.range]);
  for (const dimension of LISTS) {
    for (const box of byId(dimension).querySelectorAll("input[type=checkbox]")) box.checked = state[dimension].includes(box.value);
    const [none, several] = MENU_WORDS[dimension];
    const chosen = state[dimension];
    summarise(dimension, chosen.length === 0 ? none : chosen.length === 1 ? chosen[0] : `${chosen.length} ${several}`);
  }
  byId("status").textContent = statusLine(state, rows, range);
  byId("reset").hidden = !isChanged(state);
}

const summarise = (menu, text) => byId(menu).querySelector("summary").replaceChildren(make("span", {}, text));

/** What is on screen, in one line; on paper it is the statement of the filters. */
function statusLine(state, rows, range) {
  const source = state.source === "all" ? "all sources" : `${SOURCE_LABELS[state.source]} only`;
  const lists = LISTS.filter((dimension) => state[dimension].length).map((dimension) => state[dimension].join(", "));
  const total = rows.length ? `${atLeast(rows)}${money(sumUnits(rows))} ${lensOf(state).noun}` : "no cost matches";
  return [span(...range), source, ...lists, total].join(" \u00b7 ");
}
