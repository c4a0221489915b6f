// The samples up to the first mismatch as a picture, in the manner of the design report.

const SVG = "http://www.w3.org/2000/svg";
const CHARACTER = 7.3, HEAD = 60, LANE = 30, GAP = 10, EDGE = 14, SIGNAL = 20, SLOPE = 4;
const NARROW = 52, WIDE = 128, MOST_LANES = 24, MOST_PAIRS = 8, MOST_DIGITS = 64, MOST_FOOT = 4;

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

// A value is hexadecimal digits, or its bits after a "b" where some are X or Z.
function bitsOf(value, width) {
  const bits = value[0] === "b" ? value.slice(1)
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

// The last digits of both, bit by bit or, where they are wide, in hexadecimal, and which differ.
function compared(expected, got) {
  const group = expected.length <= MOST_DIGITS ? 1 : 4;
  const size = Math.ceil(expected.length / group) * group;
  const parts = [expected, got].map((bits) => bits.padStart(size, "0").match(new RegExp(`.{${group}}`, "g")));
  const marks = parts[0].map((bits, at) => differ(bits, parts[1][at]));
  const texts = group === 1 ? [expected, got] : [expected, got].map(hexDigits);
  return { texts: texts.map((text) => text.slice(-MOST_DIGITS)), marks: marks.slice(-MOST_DIGITS) };
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
  const marked = lane.role === "expected" || lane.role === "got";
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

class Wave {
  constructor(wave) {
    this.wave = wave;
    const found = lanesOf(wave);
    Object.assign(this, shownLanes(found));
    this.all = found.inputs.length + found.same.length + 2 * found.pairs.length;
    this.columns = wave.t.length;
    this.left = Math.max(90, EDGE + 10 + CHARACTER * Math.max(...this.lanes.map((l) => this.caption(l).length)));
    this.step = Math.round(Math.min(WIDE, Math.max(NARROW, ...this.needs())));
    this.svg = svgNode("svg", { class: "wave", role: "img", "aria-label": this.words() });
  }

  caption(lane) {
    const name = middleCut(lane.name, 28);
    return lane.role === "expected" || lane.role === "got" ? `${name} ${lane.role}` : name;
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
    const height = this.foot(top);
    const width = Math.max(this.x(this.columns) + EDGE, this.widest || 0, 380);
    const box = { width, height, viewBox: `0 0 ${width} ${height}` };
    for (const [name, value] of Object.entries(box)) this.svg.setAttribute(name, value);
    return this.svg;
  }

  kind(lane) {
    return lane.role === "expected" || lane.role === "got" ? lane.name + " pair" : lane.role;
  }

  x(column) { return Math.round((this.left + column * this.step) * 10) / 10; }
  text(x, y, text, kinds) { this.svg.append(svgNode("text", { class: kinds, x, y }, text)); }
  path(kinds, d) { this.svg.append(svgNode("path", { class: kinds.trim(), d })); }

  ground(bottom) {
    const last = this.columns - 1;
    const rect = { class: "now", x: this.x(last), y: 24, width: this.step, height: bottom - 24, rx: 4 };
    this.svg.append(svgNode("rect", rect));
    this.text(this.left - 10, 38, "time", "axis name");
    this.text(this.left - 10, 54, "sample", "axis name");
    this.text(this.x(last + 0.5), 16, "first mismatch", "axis mid here");
    for (let column = 0; column <= last; column++) {
      const kinds = column === last ? "axis mid here" : "axis mid";
      this.text(this.x(column + 0.5), 38, String(this.wave.t[column]), kinds);
      this.text(this.x(column + 0.5), 54, String(this.wave.f + column), kinds);
      if (column) this.path("grid", `M${this.x(column)} 60V${bottom}`);
    }
  }

  name(y, lane) {
    const x = this.left - 10, name = middleCut(lane.name, 28);
    if (lane.role !== "expected" && lane.role !== "got") return this.text(x, y, name, "name");
    this.text(x, y, lane.role, `name ${lane.role === "got" ? "bad" : "good"}`);
    this.text(x - (lane.role.length + 1) * CHARACTER, y, name, "name");
  }

  mark(lane, run) {
    if (run.to !== this.columns) return "";
    return { expected: "good", got: "bad" }[lane.role] || "";
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

  foot(y) {
    for (const [expected, got] of this.pairs.filter(([e]) => e.width > 1).slice(0, MOST_FOOT)) {
      const [right, wrong] = [expected.bits.at(-1), got.bits.at(-1)];
      if (!differ(right, wrong)) continue;
      const { texts, marks } = compared(right, wrong);
      y += 6;
      [expected, got].forEach((lane, row) => {
        y += 18;
        this.name(y, lane);
        this.digits(y, texts[row], marks, row ? "bad" : "good");
      });
    }
    for (const note of this.notes()) {
      y += 17;
      this.text(this.left, y, note, "note");
      this.widest = Math.max(this.widest || 0, this.left + note.length * 6.8 + EDGE);
    }
    return y + 12;
  }

  digits(y, text, marks, mark) {
    const odd = text.length % 4;
    for (let place = 0; place < text.length; place++) {
      const groups = odd ? Math.floor((place - odd) / 4) + 1 : Math.floor(place / 4);
      const x = Math.round((this.left + (place + groups * 0.7) * CHARACTER * 1.1) * 10) / 10;
      this.text(x, y, text[place], marks[place] ? mark : "axis");
      if (marks[place]) this.path(`mark ${mark}`, `M${x} ${y + 3}h7`);
      this.widest = Math.max(this.widest || 0, x + CHARACTER + EDGE);
    }
  }

  notes() {
    const more = this.all - this.lanes.length + (this.wave.m || 0);
    const wide = this.pairs.some(([expected]) => expected.width > MOST_DIGITS);
    return [
      ...(more > 0 ? [`${more} more ${more === 1 ? "signal is" : "signals are"} in samples.jsonl`] : []),
      ...(this.lanes.some((lane) => lane.width > 1) ? ["buses in hexadecimal"] : []),
      ...(wide ? [`below the lanes: the last ${MOST_DIGITS} hexadecimal digits at the mismatch`] : []),
    ];
  }
}
