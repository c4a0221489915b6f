// The samples up to the first mismatch as a picture, in the manner of the design report.

const SVG = "http://www.w3.org/2000/svg";
const CHARACTER = 7.3, HEAD = 60, LANE = 30, GAP = 10, EDGE = 14, SIGNAL = 20, SLOPE = 4;
const NARROW = 52, WIDE = 128, MOST_LANES = 24, MOST_PAIRS = 8, MOST_DIGITS = 64;

function svgNode(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function middleCut(text, most) {
  if (text.length <= most) return text;
  const head = (most - 1) >> 1;
  return text.slice(0, head) + "\u2026" + text.slice(text.length - (most - 1 - head));
}

// Values

// A value is hexadecimal digits, or its bits after a "~" where some are X or Z.
function bitsOf(value, width) {
  const bits = value[0] === "~" ? value.slice(1)
    : Array.from(value, (digit) => parseInt(digit, 16).toString(2).padStart(4, "0")).join("");
  return bits.slice(-width).padStart(width, "0");
}

function hexDigits(bits) {
  const padded = bits.padStart(Math.ceil(bits.length / 4) * 4, "0");
  return padded.match(/.{4}/g).map((nibble) => {
    if (/^[01]+$/.test(nibble)) return parseInt(nibble, 2).toString(16);
    if (/^(.)\1*$/.test(nibble)) return nibble[0];
    return nibble.includes("x") ? "X" : "Z";
  }).join("");
}

function busLabel(bits) {
  if (/^x+$/.test(bits) || /^z+$/.test(bits)) return bits[0];
  return bits.length <= 8 && /[xz]/.test(bits) ? bits : hexDigits(bits);
}

// X in what is expected is a bit that nobody looks at.
function differ(expected, got) {
  return Array.prototype.some.call(expected, (bit, at) => bit !== "x" && bit !== got[at]);
}

// The digits of both, bit by bit or, where they are wide, in hexadecimal, and which differ.
function compared(expected, got) {
  const group = expected.length <= MOST_DIGITS ? 1 : 4;
  const size = Math.ceil(expected.length / group) * group;
  const parts = [expected, got].map((bits) => bits.padStart(size, "0").match(new RegExp(`.{${group}}`, "g")));
  const marks = parts[0].map((bits, at) => differ(bits, parts[1][at]));
  return { texts: group === 1 ? [expected, got] : [expected, got].map(hexDigits), marks };
}

// Lanes

function decoded(signal) {
  const [name, role, width, values] = signal;
  const bits = Array.from(values, (value) => (width === 1 ? value : bitsOf(value, width)));
  return { name, role, width, bits };
}

function lanesOf(wave) {
  const signals = wave.s.map(decoded);
  const found = { inputs: [], same: [], pairs: [] };
  const got = new Map(signals.filter((s) => s.role === "got").map((s) => [s.name, s]));
  for (const signal of signals) {
    if (signal.role !== "expected") {
      if (signal.role !== "got") found.inputs.push(signal);
      continue;
    }
    const other = got.get(signal.name);
    got.delete(signal.name);
    if (!other) found.same.push(signal);
    else if (signal.bits.some((bits, at) => differ(bits, other.bits[at]))) found.pairs.push([signal, other]);
    else found.same.push({ ...other, role: "output" });
  }
  found.same.push(...Array.from(got.values(), (signal) => ({ ...signal, role: "output" })));
  return found;
}

function shownLanes(found) {
  const pairs = found.pairs.slice(0, MOST_PAIRS);
  const others = [...found.inputs, ...found.same].slice(0, MOST_LANES - 2 * pairs.length);
  return { lanes: [...others, ...pairs.flat()], pairs };
}

function runsOf(lane) {
  const runs = [];
  const marked = isOfPair(lane);
  lane.bits.forEach((bits, column) => {
    const last = runs[runs.length - 1];
    const stands = marked && column === lane.bits.length - 1;
    if (last && last.bits === bits && !stands) last.to = column + 1;
    else runs.push({ from: column, to: column + 1, bits });
  });
  return runs;
}

// Shapes

function hexagon(x, to, top) {
  const slope = Math.min(SLOPE, (to - x) / 2), middle = top + SIGNAL / 2, bottom = top + SIGNAL;
  return `M${x} ${middle}L${x + slope} ${top}H${to - slope}L${to} ${middle}L${to - slope} ${bottom}H${x + slope}Z`;
}

function hatching(x, to, top) {
  let path = "";
  for (let start = x - SIGNAL + 6; start < to; start += 6) {
    const low = Math.max(start, x), high = Math.min(start + SIGNAL, to), bottom = top + SIGNAL;
    path += `M${low} ${bottom - (low - start)}L${high} ${bottom - (high - start)}`;
  }
  return path;
}

// Lanes in a picture of their own beside that of their names, which stays when the lanes scroll.
class Wave {
  constructor(wave) {
    this.wave = wave;
    const found = lanesOf(wave);
    Object.assign(this, shownLanes(found));
    this.all = found.inputs.length + found.same.length + 2 * found.pairs.length;
    this.columns = wave.t.length;
    const longest = Math.max(6, ...this.lanes.map((lane) => this.caption(lane).length));
    this.left = Math.round(EDGE + longest * CHARACTER + 10);
    this.step = Math.round(Math.min(WIDE, Math.max(NARROW, ...this.needs())));
    this.names = svgNode("svg", { class: "wave names", "aria-hidden": "true" });
    this.svg = svgNode("svg", { class: "wave", role: "img", "aria-label": this.words() });
  }

  caption(lane) {
    const name = middleCut(lane.name, 28);
    return isOfPair(lane) ? `${name} ${lane.role}` : name;
  }

  needs() {
    const times = this.wave.t.map((time) => (String(time).length + 2) * CHARACTER);
    const buses = this.lanes.filter((lane) => lane.width > 1).flatMap((lane) => runsOf(lane).map(
      (run) => (busLabel(run.bits).length * CHARACTER + 4 * SLOPE) / (run.to - run.from)));
    return [...times, ...buses];
  }

  words() {
    const parts = this.pairs.map(([expected, got]) =>
      `${expected.name}: expected ${busLabel(expected.bits.at(-1))}, got ${busLabel(got.bits.at(-1))}`);
    return `Waveform up to the first mismatch. ${parts.join("; ")}`;
  }

  draw() {
    const tops = [];
    let top = HEAD + (LANE - SIGNAL) / 2;
    this.lanes.forEach((lane, row) => {
      if (row && this.kind(lane) !== this.kind(this.lanes[row - 1])) top += GAP;
      tops.push(top);
      top += LANE;
    });
    this.ground(top);
    this.lanes.forEach((lane, row) => {
      this.name(tops[row] + 14, lane);
      for (const run of runsOf(lane)) this.run(lane, run, tops[row]);
      if (lane.width === 1) this.edges(lane, tops[row]);
    });
    size(this.names, this.left, top + 4);
    size(this.svg, Math.max(this.x(this.columns), 110) + EDGE, top + 4);
    const picture = make("div", { class: "picture lanes", tabindex: "0" }, this.names, this.svg);
    return [picture, ...this.values(), ...this.notes().map((note) => make("p", { class: "note" }, note))];
  }

  kind(lane) { return isOfPair(lane) ? `${lane.name} pair` : lane.role; }
  x(column) { return 2 + column * this.step; }
  text(x, y, text, kinds) { this.svg.append(svgNode("text", { class: kinds, x, y }, text)); }
  label(x, y, text, kinds) { this.names.append(svgNode("text", { class: kinds, x, y }, text)); }
  path(kinds, d) { this.svg.append(svgNode("path", { class: kinds.trim(), d })); }

  ground(bottom) {
    const last = this.columns - 1, edge = this.left - 8;
    const rect = { class: "now", x: this.x(last), y: 24, width: this.step, height: bottom - 24, rx: 4 };
    this.svg.append(svgNode("rect", rect));
    this.label(edge, 38, "time", "axis name");
    this.label(edge, 54, "sample", "axis name");
    this.text(Math.max(this.x(last + 1), 106), 16, "first mismatch", "axis name here");
    for (let column = 0; column <= last; column++) {
      const kinds = column === last ? "axis mid here" : "axis mid";
      this.text(this.x(column + 0.5), 38, String(this.wave.t[column]), kinds);
      this.text(this.x(column + 0.5), 54, String(this.wave.f + column), kinds);
      if (column) this.path("grid", `M${this.x(column)} 60V${bottom}`);
    }
  }

  name(y, lane) {
    const x = this.left - 8, name = middleCut(lane.name, 28);
    if (!isOfPair(lane)) return this.label(x, y, name, "name");
    this.label(x, y, lane.role, `name ${lane.role === "got" ? "bad" : "good"}`);
    return this.label(x - (lane.role.length + 1) * CHARACTER, y, name, "name");
  }

  mark(lane, run) {
    return run.to === this.columns ? { expected: "good", got: "bad" }[lane.role] || "" : "";
  }

  run(lane, run, top) {
    const x = this.x(run.from), to = this.x(run.to), mark = this.mark(lane, run);
    const value = lane.width === 1 ? run.bits : busLabel(run.bits);
    if (value === "z") return this.path("open", `M${x} ${top + SIGNAL / 2}H${to}`);
    if (value === "x") {
      this.path(`unknown ${mark}`, hexagon(x, to, top));
      this.path("hatch", hatching(x + SLOPE, to - SLOPE, top));
      return this.text((x + to) / 2, top + 14, "X", `mid halo ${mark}`);
    }
    if (lane.width === 1) {
      if (value === "1") this.path(`high ${mark}`, `M${x} ${top}H${to}v${SIGNAL}H${x}Z`);
      return undefined;
    }
    const kind = /[xz]/i.test(value) ? "unknown" : "bus";
    this.path(`${kind} ${mark}`, hexagon(x, to, top));
    const room = Math.floor((to - x - 2 * SLOPE) / CHARACTER);
    return this.text((x + to) / 2, top + 14, middleCut(value, Math.max(3, room)), `mid ${mark}`);
  }

  edges(lane, top) {
    const levels = { 1: top, 0: top + SIGNAL }, runs = runsOf(lane);
    runs.forEach((run, at) => {
      if (!(run.bits in levels)) return;
      const next = runs[at + 1];
      const edge = next && next.bits in levels ? `V${levels[next.bits]}` : "";
      this.path(`trace ${this.mark(lane, run)}`, `M${this.x(run.from)} ${levels[run.bits]}H${this.x(run.to)}${edge}`);
    });
  }

  // The wrong outputs at the mismatch in all their digits.
  values() {
    const wrong = this.pairs.filter(([expected, got]) => differ(expected.bits.at(-1), got.bits.at(-1)));
    if (!wrong.length) return [];
    const body = make("tbody");
    for (const [expected, got] of wrong) {
      const { texts, marks } = compared(expected.bits.at(-1), got.bits.at(-1));
      const name = make("th", { scope: "row", rowspan: "2" }, make("code", {}, expected.name));
      body.append(
        make("tr", {}, name, make("td", { class: "good" }, "expected"), make("td", {}, digits(texts[0], marks, "good"))),
        make("tr", {}, make("td", { class: "bad" }, "got"), make("td", {}, digits(texts[1], marks, "bad"))));
    }
    return [make("div", { class: "scroll" }, make("table", { class: "values" }, body))];
  }

  notes() {
    const more = this.all - this.lanes.length + (this.wave.m || 0);
    const free = this.pairs.some(([expected]) => expected.bits.some((bits) => bits.includes("x")));
    const wide = this.lanes.some((lane) => lane.width > 1);
    const parts = [
      ...(wide ? [`buses in hexadecimal${this.pairs.some(([e]) => e.width > 1) ? `, values in the table in binary up to ${MOST_DIGITS} bits` : ""}`] : []),
      ...(free ? ["X in what is expected is not compared"] : []),
      ...(more > 0 ? [`${more} more ${more === 1 ? "signal is" : "signals are"} in samples.jsonl`] : []),
    ].join("; ");
    return parts ? [`${parts[0].toUpperCase()}${parts.slice(1)}.`] : [];
  }
}

const isOfPair = (lane) => lane.role === "expected" || lane.role === "got";

function size(svg, width, height) {
  const box = { width, height, viewBox: `0 0 ${width} ${height}` };
  for (const [name, value] of Object.entries(box)) svg.setAttribute(name, value);
}

function digits(text, marks, kind) {
  const code = make("code", { class: "digits" });
  let group = make("span");
  Array.from(text, (digit, at) => {
    if (at && (text.length - at) % 4 === 0) {
      code.append(group, " ");
      group = make("span");
    }
    group.append(marks[at] ? make("b", { class: kind }, digit) : digit);
  });
  code.append(group);
  return code;
}

