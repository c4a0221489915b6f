// A problem's samples, and one of them in full.

const categoryOf = (code) => INDEX.categories.findIndex((category) => category[0] === code);
const nameOf = (code) => INDEX.categories[categoryOf(code)][1];

// The first sample of a problem with each text, so that a repeated text is seen as one.
function firsts(task) {
  const first = new Map();
  task.e.forEach((entry, at) => entry >= 0 && !first.has(entry) && first.set(entry, at));
  return first;
}

function chip(task, at, current, first) {
  const code = task.c[at], again = task.e[at] >= 0 && first.get(task.e[at]) !== at;
  const words = `Sample ${task.n[at]}: ${nameOf(code)}${again ? `, same text as sample ${task.n[first.get(task.e[at])]}` : ""}`;
  const attributes = {
    class: `chip c${categoryOf(code)}${again ? " again" : ""}`,
    href: link(task.id, task.n[at]), title: words, "aria-label": words,
    "aria-current": at === current ? "true" : undefined,
  };
  return make("a", attributes, make("b", {}, code), String(task.n[at]));
}

function legend(task) {
  const list = make("ul", { class: "legend" });
  INDEX.categories.forEach(([code, name], at) => {
    const count = task.c.split(code).length - 1;
    if (count) list.append(make("li", {}, make("i", { class: `dot c${at}` }, code), ` ${name} `, make("b", {}, String(count))));
  });
  return list;
}

function scores(task) {
  const digits = Array.from(task.v, Number);
  const share = (of) => `${digits.filter((digit) => of(digit) === 1).length} of ${digits.filter((digit) => of(digit) !== 2).length}`;
  return `official ${share((digit) => Math.floor(digit / 3))}, functional ${share((digit) => digit % 3)}`;
}

function neighbors(at) {
  const order = Array.from(body.rows).filter((row) => !row.hidden && TASKS.has(row.dataset.task)).map((row) => row.dataset.task);
  const place = order.indexOf(INDEX.tasks[at].id);
  return place < 0 ? [] : [order[place - 1], order[place + 1]];
}

function problemHead(at) {
  const task = INDEX.tasks[at], [before, after] = neighbors(at);
  const nav = make("nav", { "aria-label": "Problems" }, make("a", { href: "#problems", id: "back" }, "\u2190 All problems"));
  if (before !== undefined) nav.append(make("a", { href: link(before), id: "before" }, `\u2039 ${before}`));
  if (after !== undefined) nav.append(make("a", { href: link(after), id: "after" }, `${after} \u203a`));
  const title = make("h2", { tabindex: "-1", id: "view-title" }, task.id);
  return [nav, title, make("p", {}, `${plural(task.n.length, "sample")}: ${scores(task)}.`)];
}

// One sample

function fact(name, ...value) {
  return make("div", {}, make("dt", {}, name), make("dd", {}, ...value));
}

function verdict(name, word) {
  const kind = { passed: "good", failed: "bad", "not judged": "warn" }[word];
  const sign = { passed: "\u2713", failed: "\u2717", "not judged": "?" }[word];
  return fact(name, make("span", { class: `pill ${kind}` }, `${sign} ${word}`));
}

function twinsOf(task, at, first) {
  const entry = task.e[at];
  if (entry < 0) return undefined;
  const same = task.e.map((other, place) => [other, place]).filter(([other, place]) => other === entry && place !== at);
  if (!same.length) return undefined;
  const anchor = (place) => make("a", { href: link(task.id, task.n[place]) }, `sample ${task.n[place]}`);
  if (first.get(entry) !== at) return make("p", { class: "twin" }, "Same text as ", anchor(first.get(entry)), ".");
  const list = make("p", { class: "twin" }, "The same text came again in ");
  same.slice(0, 20).forEach(([, place], number) => list.append(number ? ", " : "", anchor(place)));
  list.append(same.length > 20 ? ` and ${same.length - 20} more.` : ".");
  return list;
}

function factsOf(task, at, entry) {
  const list = make("dl", { class: "facts" });
  const { official, functional } = verdictOf(Number(task.v[at]));
  list.append(verdict("Official", official), verdict("Functional", functional));
  if (!entry) return list;
  if (entry.o) list.append(fact("Benchmark\u2019s category", entry.o));
  if (entry.m) list.append(fact("Mismatches", `${entry.m[0]} in ${entry.m[1]} samples of the test`));
  if (entry.m && entry.m[1] !== entry.m[2]) list.append(fact("Samples expected", String(entry.m[2])));
  if (entry.s) list.append(fact("CPU", entry.s));
  if (INDEX.rules[task.r[at]]) list.append(fact("Extraction", INDEX.rules[task.r[at]]));
  return list;
}

function textOf(entry) {
  return typeof entry.v === "number" ? data(`e${entry.v}`) : entry;
}

// Numbers of the lines of the design that compiler or gate complain of.
function linesOf(entry) {
  const found = `${entry.r || ""}\n${entry.l || ""}`.matchAll(/\bdesign\.sv:([0-9]{1,7})\b/g);
  return new Set(Array.from(found, (match) => Number(match[1])));
}

function sourceOf(entry) {
  const { v: verilog, x: cut } = textOf(entry);
  if (verilog === undefined) return [make("p", { class: "note" }, "There is no Verilog in this sample.")];
  const note = cut ? [make("p", { class: "note" }, `${cut} more characters are in samples.jsonl.`)] : [];
  return [make("h4", {}, "RTL"), listing(verilog, linesOf(entry)), ...note];
}

function detailsOf(entry) {
  const parts = [];
  if (entry.w) {
    parts.push(make("h4", {}, "First mismatch"), ...new Wave(entry.w).draw());
  }
  parts.push(...sourceOf(entry));
  if (entry.l) parts.push(make("h4", {}, "Compiler and simulator"), make("pre", { class: "code log", tabindex: "0" }, entry.l));
  return parts;
}

function samplePanel(task, at, first) {
  const entry = task.e[at] >= 0 ? data(`e${task.e[at]}`) : null, code = task.c[at];
  const panel = make("article", { class: "sample", "aria-label": `Sample ${task.n[at]}` });
  panel.append(make("h3", {}, `Sample ${task.n[at]} `, make("span", { class: `tag c${categoryOf(code)}` }, nameOf(code))));
  if (entry && entry.r) panel.append(make("p", { class: "reason" }, entry.r));
  panel.append(factsOf(task, at, entry));
  const twins = twinsOf(task, at, first);
  if (twins) panel.append(twins);
  if (entry) panel.append(...detailsOf(entry));
  else panel.append(make("p", { class: "note" }, "This page had no room left for this sample; samples.jsonl has its text and log."));
  return panel;
}

