const narrow = matchMedia("(max-width: 40rem)");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const text = document.getElementById("text");
const views = [...document.querySelectorAll('[role="tabpanel"]')].map(makeView);

// Numbers with the missing ones last, whichever way the column is sorted.
function registerFigures() {
  const missingLast = (sign) => (a, b) => {
    if (a === "" || b === "") return (a === "") - (b === "");
    return sign * (a - b);
  };
  DataTable.type("figure", { order: { asc: missingLast(1), desc: missingLast(-1) } });
}

function makeView(panel) {
  const headings = [...panel.querySelectorAll("thead th")];
  return {
    panel,
    tab: document.getElementById(panel.getAttribute("aria-labelledby")),
    keys: headings.map((heading) => heading.dataset.key),
    records: [...panel.querySelectorAll("tbody tr")].map((row) => [...row.cells].map(readCell)),
    chart: null,
  };
}

function readCell(cell) {
  const order = cell.dataset.order;
  return { text: cell.textContent, number: order === undefined || order === "" ? NaN : Number(order) };
}

// Filters

function conditions(view) {
  const words = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  const tests = words.map((word) => (record) => record.some((cell) => cell.text.toLowerCase().includes(word)));
  for (const fieldset of view.panel.querySelectorAll(".choices")) {
    const wanted = new Set([...fieldset.querySelectorAll(":checked")].map((box) => box.value));
    const column = view.keys.indexOf(fieldset.dataset.key);
    if (wanted.size) tests.push((record) => wanted.has(record[column].text));
  }
  for (const input of view.panel.querySelectorAll(".range input")) {
    const limit = input.valueAsNumber;
    const column = view.keys.indexOf(input.closest("fieldset").dataset.key);
    if (Number.isNaN(limit)) continue;
    tests.push(input.dataset.end === "from"
      ? (record) => record[column].number >= limit
      : (record) => record[column].number <= limit);
  }
  return tests;
}

function applyFilters(view) {
  const tests = conditions(view);
  view.passes = (row) => tests.every((test) => test(view.records[row]));
  view.table.draw();
}

function afterDraw(view) {
  const shown = view.table.rows({ search: "applied" }).indexes().toArray();
  const total = view.records.length;
  const count = view.panel.querySelector(".count");
  count.textContent = `${shown.length === total ? "" : `${shown.length} of `}${total} ${count.dataset.noun}`;
  if (view.chart) showPoints(view, new Set(shown));
}

// Tables

function makeTable(view) {
  const { panel } = view;
  const headings = [...panel.querySelectorAll("thead th")];
  const boxes = [...panel.querySelectorAll(".columns input")];
  boxes.forEach((box, k) => {
    const { shown } = headings[k].dataset;
    box.checked = shown === "always" || (shown === "wide" && !narrow.matches);
  });
  view.table = new DataTable(panel.querySelector("table"), {
    paging: false,
    info: false,
    searching: true,
    autoWidth: false,
    layout: { topStart: null, topEnd: null, bottomStart: null, bottomEnd: null },
    order: JSON.parse(panel.dataset.order),
    language: { zeroRecords: "Nothing matches the filters.", emptyTable: "There is nothing here yet." },
    columns: headings.map((heading, k) => {
      const figure = ["number", "duration", "time"].some((kind) => heading.classList.contains(kind));
      return {
        type: figure ? "figure" : "string",
        orderSequence: figure ? ["desc", "asc"] : ["asc", "desc"],
        visible: boxes[k].checked,
      };
    }),
  });
  boxes.forEach((box, k) => box.addEventListener("change", () => view.table.column(k).visible(box.checked)));
  addExport(view);
  view.passes = () => true;
  view.table.search.fixed("page", (_, __, row) => view.passes(row));
  view.table.on("draw", () => afterDraw(view));
  applyFilters(view);
}

function addExport(view) {
  const name = view.panel.id.replace("panel-", "");
  const buttons = new DataTable.Buttons(view.table, {
    buttons: [{
      extend: "csv",
      text: "CSV",
      titleAttr: "Save the rows that are shown, with all columns",
      filename: name,
      exportOptions: {
        columns: () => true,
        format: { body: (_, __, ___, cell) => exported(cell) },
      },
    }],
  });
  view.panel.querySelector(".actions").append(buttons.container()[0]);
}

// All digits of figures; of text, nothing that a spreadsheet would take for a formula.
function exported(cell) {
  const value = cell.dataset.export ?? cell.textContent;
  return cell.dataset.order === undefined ? value.replace(/^[=+\-@\t\r]/, "'$&") : value;
}

// Charts

async function makeChart(view) {
  const data = view.panel.querySelector(".chart-data");
  if (!data || view.chart) return;
  view.chart = {};
  const embedded = await Bokeh.embed.embed_item(JSON.parse(data.textContent));
  const { document: model } = [...embedded][0].model;
  view.chart = { filter: model.get_model_by_name("shown"), rows: model.get_model_by_name("points").data.row };
  afterDraw(view);
}

function showPoints(view, shown) {
  const { filter, rows } = view.chart;
  if (filter) filter.indices = [...rows.keys()].filter((k) => shown.has(rows[k]));
}

// Tabs

function select(view, focus = false) {
  for (const other of views) {
    const here = other === view;
    other.panel.hidden = !here;
    other.tab.setAttribute("aria-selected", String(here));
    other.tab.tabIndex = here ? 0 : -1;
  }
  if (focus) view.tab.focus();
  makeChart(view);
}

function selectByAddress() {
  const key = decodeURIComponent(location.hash.slice(1));
  select(views.find((view) => view.panel.id === `panel-${key}`) ?? views[0]);
}

function open(view, focus) {
  history.replaceState(null, "", `#${view.panel.id.replace("panel-", "")}`);
  select(view, focus);
}

function moveBetweenTabs(event) {
  const here = views.findIndex((view) => view.tab === event.target);
  const there = { ArrowLeft: here - 1, ArrowRight: here + 1, Home: 0, End: views.length - 1 }[event.key];
  if (here < 0 || there === undefined) return;
  event.preventDefault();
  open(views.at(there % views.length), true);
}

// Light and dark

const theme = document.getElementById("theme");

function setTheme(name) {
  document.documentElement.dataset.theme = name;
  theme.textContent = name === "dark" ? "Light" : "Dark";
  theme.setAttribute("aria-label", `Switch to ${theme.textContent.toLowerCase()} colors`);
}

// Start

registerFigures();
if (narrow.matches) for (const filters of document.querySelectorAll(".filters")) filters.open = false;
for (const view of views) {
  makeTable(view);
  view.tab.addEventListener("click", () => open(view));
  const form = view.panel.querySelector("form");
  form?.addEventListener("input", () => applyFilters(view));
  form?.addEventListener("submit", (event) => event.preventDefault());
  form?.addEventListener("reset", () => setTimeout(() => applyFilters(view)));
}
text.addEventListener("input", () => views.forEach(applyFilters));
document.querySelector('[role="tablist"]').addEventListener("keydown", moveBetweenTabs);
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll(".columns[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const menu of document.querySelectorAll(".columns[open]")) menu.open = false;
});
theme.hidden = false;
theme.addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
prefersDark.addEventListener("change", (event) => setTheme(event.matches ? "dark" : "light"));
setTheme(prefersDark.matches ? "dark" : "light");
selectByAddress();
addEventListener("hashchange", selectByAddress);
