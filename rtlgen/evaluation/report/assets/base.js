// What the other parts share. What models wrote is only ever set as text, never as markup.

const byId = (id) => document.getElementById(id);
const data = (id) => JSON.parse(byId(id).textContent);
const INDEX = data("index");
const TASKS = new Map(INDEX.tasks.map((task, at) => [task.id, at]));
const VERDICTS = ["failed", "passed", "not judged"];

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== undefined));
  return node;
}

const link = (task, sample = "") => `#${encodeURIComponent(task).replace(/%2F/gi, "/")}/${sample}`;
const verdictOf = (digit) => ({ official: VERDICTS[Math.floor(digit / 3)], functional: VERDICTS[digit % 3] });
const plural = (number, noun) => `${number} ${noun}${number === 1 ? "" : "s"}`;

