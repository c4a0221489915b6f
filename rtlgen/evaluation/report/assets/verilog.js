// Verilog as a listing with numbered lines.

const KEYWORDS = new Set(`
  always always_comb always_ff always_latch and assign automatic begin bit buf byte case casex
  casez const default defparam disable else end endcase endfunction endgenerate endmodule
  endpackage endtask enum event for forever function generate genvar if import initial inout
  input int integer localparam logic longint modport module nand negedge nor not or output
  package packed parameter posedge priority real reg repeat return shortint signed static
  string struct supply0 supply1 task time tri typedef union unique unsigned var void wait wand
  while wire wor xnor xor
`.trim().split(/\s+/));
// Every alternative takes what it has begun, closed or not, so that no text is looked at twice.
const TOKEN = /(\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|("(?:[^"\\\n]|\\[^\n])*"?)|((?:[0-9][0-9_]*)?'[sS]?[bodhBODH][0-9a-fA-FxzXZ?_]+|[0-9][0-9_.]*)|([A-Za-z_$`][A-Za-z0-9_$]*)/g;

function* pieces(text) {
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    const kind = "csnw"[found.slice(1).findIndex((group) => group !== undefined)];
    if (kind === "w" && !KEYWORDS.has(found[0])) continue;
    yield ["", text.slice(at, found.index)];
    yield [kind, found[0]];
    at = found.index + found[0].length;
  }
  yield ["", text.slice(at)];
}

// Lines whose numbers are in `marked` stand out.
function listing(text, marked) {
  const code = make("code");
  let number = 1;
  const begun = () => make("span", { class: marked.has(number) ? "l at" : "l" });
  let line = begun();
  for (const [kind, piece] of pieces(text.replace(/\n+$/, ""))) {
    piece.split("\n").forEach((part, at) => {
      if (at) {
        code.append(line);
        number += 1;
        line = begun();
      }
      if (part) line.append(kind ? make("span", { class: kind }, part) : part);
    });
  }
  code.append(line);
  return make("pre", { class: "code numbered", tabindex: "0" }, code);
}

