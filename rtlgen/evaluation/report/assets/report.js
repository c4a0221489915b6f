// Which part of the page is shown: the overview, a problem, or a sample

const overview = byId("overview"), view = byId("view");
let scrolled = 0;

function target() {
  let hash;
  try {
    hash = decodeURIComponent(location.hash.slice(1));
  } catch {
    return null;
  }
  const cut = hash.lastIndexOf("/");
  const at = cut < 0 ? undefined : TASKS.get(hash.slice(0, cut));
  if (at === undefined) return null;
  return { at, sample: hash.slice(cut + 1) };
}

function showProblem({ at, sample }) {
  const task = INDEX.tasks[at], first = firsts(task);
  const current = sample === "" ? -1 : task.n.indexOf(Number(sample));
  const chips = make("div", { class: "chips" }, ...task.n.map((_, place) => chip(task, place, current, first)));
  const keys = make("p", { class: "note keys" }, "Keys: j and k for the next and previous sample, n and p for problems, Esc for all problems.");
  const parts = [...problemHead(at), legend(task), chips];
  if (current >= 0) parts.push(samplePanel(task, current, first));
  else parts.push(make("p", { class: "note" }, sample === "" ? "Choose a sample to see its RTL, log and first mismatch." : "There is no such sample."));
  if (!overview.hidden) scrolled = window.scrollY;
  const sameProblem = view.dataset.task === task.id && !view.hidden;
  view.replaceChildren(...parts, keys);
  view.dataset.task = task.id;
  overview.hidden = true;
  view.hidden = false;
  document.documentElement.classList.add("viewing");
  scrollParts();
  document.title = `${task.id}${current >= 0 ? ` / ${task.n[current]}` : ""} \u00b7 ${INDEX.title}`;
  if (sameProblem) view.querySelector("[aria-current]")?.focus({ preventScroll: true });
  else {
    window.scrollTo({ top: 0, behavior: "instant" });
    byId("view-title").focus({ preventScroll: true });
  }
}

// The mismatch is at the right end of its picture; the first line that is complained of may be far down.
function scrollParts() {
  const picture = view.querySelector(".picture"), line = view.querySelector("pre .at");
  if (picture) picture.scrollLeft = picture.scrollWidth;
  if (!line) return;
  const pre = line.closest("pre"), below = line.getBoundingClientRect().bottom - pre.getBoundingClientRect().bottom;
  if (below > 0) pre.scrollTop = below + pre.clientHeight / 2;
}

function showOverview() {
  if (!overview.hidden) return;
  view.hidden = true;
  view.replaceChildren();
  overview.hidden = false;
  document.documentElement.classList.remove("viewing");
  document.title = INDEX.title;
  window.scrollTo({ top: scrolled, behavior: "instant" });
  const last = rows.find((row) => row.dataset.task === view.dataset.task);
  last?.querySelector("a")?.focus({ preventScroll: true });
}

function route() {
  const wanted = target();
  if (wanted) return showProblem(wanted);
  const back = location.hash === "#problems";
  showOverview();
  if (!back && location.hash.length > 1) byId(location.hash.slice(1))?.scrollIntoView();
  return undefined;
}

function step(by) {
  const chips = Array.from(view.querySelectorAll(".chip"));
  const now = chips.findIndex((each) => each.hasAttribute("aria-current"));
  const next = chips[now < 0 && by < 0 ? chips.length - 1 : now + by];
  if (next) location.replace(next.getAttribute("href"));
}

function onKey(event) {
  if (view.hidden || event.ctrlKey || event.metaKey || event.altKey) return;
  const actions = {
    j: () => step(1), k: () => step(-1), Escape: () => byId("back").click(),
    n: () => byId("after")?.click(), p: () => byId("before")?.click(),
  };
  actions[event.key]?.();
}

sortable();
filterable();
clickable();
window.addEventListener("hashchange", route);
document.addEventListener("keydown", onKey);
route();
document.documentElement.classList.add("ready");

