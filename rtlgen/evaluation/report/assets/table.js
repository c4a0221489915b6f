// Table of problems: sorting and filtering

const table = byId("problem-table");
const body = table.tBodies[0];
const rows = Array.from(body.rows);

function keyOf(row, column) {
  const cell = row.cells[column];
  const given = cell.dataset.v ?? cell.textContent;
  return given === "" ? null : column ? Number(given) : given;
}

function compare(a, b) {
  if (a === null || b === null) return (a === null) - (b === null);
  return typeof a === "string" ? a.localeCompare(b, "en", { numeric: true }) : a - b;
}

function sortBy(column, direction) {
  const sorted = rows.map((row, at) => [direction ? keyOf(row, column) : at, at, row]);
  const sign = direction === "descending" ? -1 : 1;
  sorted.sort((a, b) => {
    const empty = a[0] === null || b[0] === null;
    return (empty ? 1 : sign) * compare(a[0], b[0]) || a[1] - b[1];
  });
  body.append(...sorted.map((item) => item[2]));
}

function sortable() {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    if (head.dataset.sort === undefined) return;
    const first = head.dataset.sort, other = first === "ascending" ? "descending" : "ascending";
    const button = make("button", { type: "button", class: "sort" }, head.textContent);
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const next = now === first ? other : now === other ? "" : first;
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      if (next) head.setAttribute("aria-sort", next);
      sortBy(column, next);
    });
  });
}

function clickable() {
  body.addEventListener("click", (event) => {
    const row = event.target.closest("tr");
    if (row && !event.target.closest("a") && getSelection().isCollapsed) row.querySelector("a").click();
  });
}

function solvedAs(task) {
  const good = Array.from(task.v, Number).filter((digit) => digit % 3 === 1).length;
  const judged = Array.from(task.v, Number).filter((digit) => digit % 3 !== 2).length;
  if (!judged) return "not judged";
  return good === 0 ? "never" : good === judged ? "always" : "sometimes";
}

function filtered() {
  const text = byId("find").value.trim().toLowerCase();
  const category = byId("category").value, solved = byId("solved").value;
  let shown = 0;
  for (const row of rows) {
    const task = INDEX.tasks[TASKS.get(row.dataset.task)];
    const fits = row.dataset.task.toLowerCase().includes(text)
      && (!category || (task && task.c.includes(category)))
      && (!solved || (task && solvedAs(task) === solved));
    row.hidden = !fits;
    shown += fits;
  }
  byId("shown").textContent = shown === rows.length ? plural(shown, "problem") : `${shown} of ${plural(rows.length, "problem")}`;
}

function filterable() {
  const present = new Set(INDEX.tasks.flatMap((task) => Array.from(task.c)));
  for (const [code, name] of INDEX.categories) {
    if (present.has(code)) byId("category").append(make("option", { value: code }, name));
  }
  for (const id of ["find", "category", "solved"]) byId(id).addEventListener("input", filtered);
  byId("filters").hidden = false;
  for (const cell of document.querySelectorAll("[data-category]")) {
    const button = make("button", { type: "button", class: "plain", title: "Problems with such samples" }, ...cell.childNodes);
    cell.replaceChildren(button);
    button.addEventListener("click", () => {
      byId("category").value = cell.dataset.category;
      filtered();
      byId("problems").scrollIntoView();
    });
  }
  filtered();
}

