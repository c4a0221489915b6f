"""The same kinds of interface, written the ways people write them."""

import textwrap

import pytest

from rtlgen.spec import Spec, read_spec


def shape(spec: Spec) -> str:
    """Ports as `name:i8`: direction and width."""
    return " ".join(
        f"{p.name}:{p.direction.value[:2].replace('in', 'i').replace('ou', 'o')}{p.width}"
        for p in spec.interface.ports
    )


STYLES = {
    "bullets, direction first": (
        "The module is named alpha.\n\n- input  clk\n- input  a (8 bits)\n- output q (16 bits)\n",
        "clk:i1 a:i8 q:o16",
    ),
    "bullets, trailing commas": (
        "Module name: beta\n\n - input wire clk,\n - input wire [3:0] sel,\n - output reg y;\n",
        "clk:i1 sel:i4 y:o1",
    ),
    "bullets, name first, in a section": (
        "# gamma\n\n## Interface\n\n* clk: input, 1 bit, the clock\n* `data_in[7:0]` (input): operand\n* **total** — output, 12 bits\n",
        "clk:i1 data_in:i8 total:o12",
    ),
    "bullets, name first, no section": (
        "# delta\n\n- clk: input clock\n- d (input, 4 bits): what to store\n- q (output, 4 bits): what is stored\n",
        "clk:i1 d:i4 q:o4",
    ),
    "markdown table": (
        "# eps\n\n| Signal | Dir | Bits | Description |\n|---|---|---|---|\n| clk | in | 1 | clock |\n| din | in | 8 | data |\n| dout | out | 8 | data |\n",
        "clk:i1 din:i8 dout:o8",
    ),
    "table, columns in another order": (
        "# zeta\n\n| Description | Width | I/O | Port name |\n|:--|--:|:-:|---|\n| the clock | - | Input | `clk` |\n| the value | [7:0] | Output | `value` |\n",
        "clk:i1 value:o8",
    ),
    "table without outer pipes": (
        "# eta\n\nName | Direction | Width\n--- | --- | ---\na | input | 4\ny | output | 4\n",
        "a:i4 y:o4",
    ),
    "table with widths as ranges in the name": (
        "# theta\n\n| Port | Direction |\n|---|---|\n| a[15:0] | input |\n| b[15:0], c | input |\n| s[16:0] | output |\n",
        "a:i16 b:i16 c:i1 s:o17",
    ),
    "table by direction": (
        "# iota\n\n| Input | Width | Description |\n|---|---|---|\n| x | 3 | value |\n\n| Output | Width | Description |\n|---|---|---|\n| onehot | 8 | decoded |\n",
        "x:i3 onehot:o8",
    ),
    "table under headings": (
        "# kappa\n\n## Inputs\n\n| Name | Size |\n|---|---|\n| x | 3 bits |\n\n## Outputs\n\n| Name | Size |\n|---|---|\n| y | 8 bits |\n",
        "x:i3 y:o8",
    ),
    "table, width and type in one column": (
        "# lam\n\n| Port | Type | Description |\n|---|---|---|\n| clk | input | clock |\n| a | input [7:0] | left |\n| q | output reg [7:0] | right |\n",
        "clk:i1 a:i8 q:o8",
    ),
    "table with group rows": (
        "# mu\n\n| Port | Direction | Width |\n|---|---|---|\n| **Write side** | | |\n| wdata | input | 8 |\n| **Read side** | | |\n| rdata | output | 8 |\n",
        "wdata:i8 rdata:o8",
    ),
    "grid table": (
        "# nu\n\n+------+-----------+-------+\n| Port | Direction | Width |\n+======+===========+=======+\n| a    | input     | 2     |\n+------+-----------+-------+\n| y    | output    | 4     |\n+------+-----------+-------+\n",
        "a:i2 y:o4",
    ),
    "aligned columns": (
        "# xi\n\nPort    Direction   Width   Description\n------  ----------  ------  -----------\nclk     input       1       system clock\ndata    input       8       operand\nq       output      8       result\n",
        "clk:i1 data:i8 q:o8",
    ),
    "sections with colons": (
        "Module name:\n    omicron\n\nInput ports:\n    clk: Clock signal.\n    a[7:0]: 8-bit operand.\n\nOutput ports:\n    s [8:0]: 9-bit sum.\n\nImplementation:\n    The sum of a and 1.\n",
        "clk:i1 a:i8 s:o9",
    ),
    "sections, widths in the descriptions": (
        "Module name: pi\n\nInputs:\n  in: 4-bit value\n  out_en: output enable\nOutputs:\n  out: result, 4 bits wide\n  ok: set when in is not zero\n",
        "in:i4 out_en:i1 out:o4 ok:o1",
    ),
    "sections inline": (
        "module rho\n\nImplement a module named rho.\n\nInputs: clk, rst, a[7:0], b (8 bits)\nOutputs: sum (9 bits) and carry\n",
        "clk:i1 rst:i1 a:i8 b:i8 sum:o9 carry:o1",
    ),
    "sections, several names on a line": (
        "Module name: sigma\nInputs:\n    red, green, blue: 8-bit color components\nOutputs:\n    luma[7:0]: brightness\n",
        "red:i8 green:i8 blue:i8 luma:o8",
    ),
    "sections, range in front": (
        "Module name: tau\nInput ports:\n    [7:0] freq: how often\n    8-bit duty: how long\nOutput ports:\n    wave: the wave\n",
        "freq:i8 duty:i8 wave:o1",
    ),
    "verilog header in a fence": (
        "Write this.\n\n```verilog\nmodule upsilon #(parameter W = 8) (\n  input  wire         clk,\n  input  wire [W-1:0] d, // data\n  output reg  [W-1:0] q\n);\n```\n\nIt registers d.\n",
        "clk:i1 d:i8 q:o8",
    ),
    "bare header": (
        "An OR gate.\n\nmodule phi(input a, b, output y);\n",
        "a:i1 b:i1 y:o1",
    ),
    "non-ANSI header": (
        "Fill in the body.\n\nmodule chi(clk, d, q);\n  input clk;\n  input [3:0] d;\n  output [3:0] q;\n  reg [3:0] q;\nendmodule\n",
        "clk:i1 d:i4 q:o4",
    ),
    "a wrong module first, then the header": (
        "This module is wrong:\n\n    module psi(input a, output y);\n      assign y = a & ~a;\n    endmodule\n\nFix it.\n\nmodule psi(\n  input a,\n  input b,\n  output y\n);\n",
        "a:i1 b:i1 y:o1",
    ),
    "a submodule is given": (
        "You may use this adder:\n\n```verilog\nmodule add8(input [7:0] a, input [7:0] b, output [7:0] s);\n```\n\nImplement a module named top with this interface:\n\n- input [7:0] x\n- output [7:0] twice\n",
        "x:i8 twice:o8",
    ),
    "front matter, list of mappings": (
        "---\nmodule: omega\nports:\n  - {name: clk, direction: input}\n  - {name: d, direction: input, width: 8}\n  - {name: q, direction: output, width: '[7:0]'}\n---\nA register.\n",
        "clk:i1 d:i8 q:o8",
    ),
    "front matter, sections": (
        "---\nmodule: alpha2\ninputs:\n  clk: 1\n  d: 8\n  y: [7:0]\noutputs:\n  q: 8\n---\n",
        "clk:i1 d:i8 y:i8 q:o8",
    ),
    "front matter, strings": (
        "---\nmodule: beta2\nparameters: {N: 4}\nports:\n  - input clk\n  - input [N-1:0] d\n  - output [2*N-1:0] q\n---\n",
        "clk:i1 d:i4 q:o8",
    ),
    "parameters in a section": (
        "Module name: gamma2\n\nParameters:\n- WIDTH (default 8): data width\n- DEPTH = 16\n\nInputs:\n- d: [WIDTH-1:0] data\n- addr: `[$clog2(DEPTH)-1:0]`\n\nOutputs:\n- q: WIDTH bits\n",
        "d:i8 addr:i4 q:o8",
    ),
    "parameters in a table": (
        "# delta2\n\n| Parameter | Default | Meaning |\n|---|---|---|\n| N | 5 | lanes |\n\n| Port | Direction | Width |\n|---|---|---|\n| a | input | N |\n| y | output | 2*N |\n",
        "a:i5 y:o10",
    ),
    "words for numbers": (
        "# eps2\n\nInputs:\n- a: a four-bit number\n- b: thirty-two bits\n\nOutputs:\n- y: one bit\n",
        "a:i4 b:i32 y:o1",
    ),
    "prose": (
        "Implement a module named zeta2. It has an 8-bit input `a`, a 4-bit input called `sel`, and a one-bit output `y`.\n",
        "a:i8 sel:i4 y:o1",
    ),
    "prose, lists of names": (
        "Design a module called eta2 that takes two 4-bit inputs a and b and produces a 5-bit output sum.\n",
        "a:i4 b:i4 sum:o5",
    ),
    "prose, inputs are": (
        "Create a module named theta2. The inputs are x, y and z. The output is f.\n",
        "x:i1 y:i1 z:i1 f:o1",
    ),
    "prose, widths in parentheses": (
        "Design a module called `odd_ones` with input `n` (4 bits) and output `p` (1 bit).\n",
        "n:i4 p:o1",
    ),
    "prose, a width is not the next port's": (
        "# pick\n\nA circuit with input x (4 bits) and output y.\n",
        "x:i4 y:o1",
    ),
    "prose, inputs and output": (
        "Write a module named maj3 with inputs a, b, c and output f.\n",
        "a:i1 b:i1 c:i1 f:o1",
    ),
    "prose, carry": (
        "Module name: add8\n\nIt takes two 8-bit inputs a and b and a carry-in cin, and produces an 8-bit output s and cout.\n",
        "a:i8 b:i8 cin:i1 s:o8 cout:o1",
    ),
    "prose, roles": (
        "Implement a 4-bit counter named `cnt4` with clock `clk`, synchronous active-high reset `rst`, enable `en` and a 4-bit output `q`.\n",
        "clk:i1 rst:i1 en:i1 q:o4",
    ),
    "prose, verbs": (
        "Design a comparator called `cmp4`. It takes two 4-bit numbers `a` and `b` and outputs `lt` and `gt`.\n",
        "a:i4 b:i4 lt:o1 gt:o1",
    ),
    "prose, as inputs": (
        "Design a module `detect` with clk, rst, and x as inputs and z as output.\n",
        "clk:i1 rst:i1 x:i1 z:o1",
    ),
    "prose, ranges": (
        "Module shift4: input clk, input d, output [3:0] q. It has another output `m[1:0]`.\n",
        "clk:i1 d:i1 q:o4 m:o2",
    ),
    "prose, commas around names": (
        "Module `neg` with one 8-bit signed input, `x`, and one 8-bit output, `y`.\n",
        "x:i8 y:o8",
    ),
    "prose, each": (
        "Design `lights`, a module with inputs `clk` and `car` and outputs `red` and `green`, each two bits wide.\n",
        "clk:i1 car:i1 red:o2 green:o2",
    ),
    "prose, of 4 bits": (
        "Design a module `inv` that has an input `a` of 4 bits and an output `y` of 4 bits.\n",
        "a:i4 y:o4",
    ),
    "prose, a role of several bits": (
        "Design a module `rom` with a 4-bit address `addr` and 8-bit data output `data`.\n",
        "addr:i4 data:o8",
    ),
    "prose, each in parentheses": (
        "Module name: mux3\n\nUse inputs d0, d1, d2 (8 bits each) and sel (2 bits) and a single output y (8 bits).\n",
        "d0:i8 d1:i8 d2:i8 sel:i2 y:o8",
    ),
    "prose, are wide": (
        "Module name: mul2\n\nThe inputs x and y are 2 bits wide, the output p is 4 bits wide.\n",
        "x:i2 y:i2 p:o4",
    ),
    "prose, input is a": (
        "Module name: xs3\n\nThe input is a 4-bit BCD digit `b`. The output is the 4-bit excess-3 code `x`.\n",
        "b:i4 x:o4",
    ),
    "prose, names in parentheses": (
        "Module name: add4\n\nIt adds two 4-bit inputs (a and b) and outputs the 5-bit sum (s).\n",
        "a:i4 b:i4 s:o5",
    ),
    "prose, counted": (
        "Module name: cmp\n\nIt has two inputs, a and b, each 4 bits wide, and three outputs, lt, eq and gt.\n",
        "a:i4 b:i4 lt:o1 eq:o1 gt:o1",
    ),
    "prose, directions in parentheses": (
        "Design a module named acc with ports clk (input), d (input, 8 bits) and q (output, 8 bits).\n",
        "clk:i1 d:i8 q:o8",
    ),
    "prose, a reset without quotes": (
        "Design a module named g with clock clk, an active-low asynchronous reset rst_n, and a 3-bit output g.\n",
        "clk:i1 rst_n:i1 g:o3",
    ),
    "numbered list": (
        "# iota2\n\nPorts:\n1. clk (input): clock\n2. load (input): take d\n3. d (input, 16 bits): data\n4. q (output, 16 bits): data\n",
        "clk:i1 load:i1 d:i16 q:o16",
    ),
    "windows, tabs, full width": (
        "\ufeffModule name：kappa2\r\n\r\nInput ports：\r\n\tclk: clock\r\n\ta\u00a0[7:0]: operand\r\nOutput ports：\r\n\ty: 8\u2011bit result\r\n",
        "clk:i1 a:i8 y:o8",
    ),
    "bold directions": (
        "# lambda2\n\n- **Input** `a` (2 bits)\n- **Output** `y` (4 bits): decoded\n",
        "a:i2 y:o4",
    ),
    "groups below a heading": (
        "# mu2\n\n## Interface\n\n### Clock and reset\n\n- `clk` (input): clock\n\n### Stream\n\n- `s_data` (input, 8 bits): data in\n- `m_data` (output, 8 bits): data out\n",
        "clk:i1 s_data:i8 m_data:o8",
    ),
    "nested lists": (
        "# nu2\n\n- Inputs:\n  - `a`: 8 bits\n  - `mode`: what to do\n    - add: 0\n    - sub: 1\n- Outputs:\n  - `y`: 8 bits\n",
        "a:i8 mode:i1 y:o8",
    ),
    "signed operands": (
        "# xi2\n\n- input signed [7:0] a\n- input [7:0] b\n- output signed [15:0] p\n",
        "a:i8 b:i8 p:o16",
    ),
    "bits counted down": (
        "# pi2\n\n| Port | Direction | Width |\n|---|---|---|\n| a | input | 7 downto 0 |\n| b | input | 3:0 |\n| y | output | 8-bit |\n",
        "a:i8 b:i4 y:o8",
    ),
    "a drawing among the ports": (
        "# rho2\n\nInputs:\n- d: data\n\nOutputs:\n- q: data\n\n```\n   d\n   |\n   q\n```\n",
        "d:i1 q:o1",
    ),
    "tables that are no port tables": (
        "# sigma2\n\n- input a\n- input b\n- output y\n\n| a | b | y |\n|---|---|---|\n| 0 | 0 | 0 |\n| 0 | 1 | 1 |\n| 1 | 0 | 1 |\n| 1 | 1 | 0 |\n",
        "a:i1 b:i1 y:o1",
    ),
    "a register map is no port table": (
        "# tau2\n\n- input [1:0] addr\n- output [7:0] data\n\n| Register | Address | Access |\n|---|---|---|\n| STATUS | 0 | RO |\n| CONTROL | 1 | RW |\n",
        "addr:i2 data:o8",
    ),
    "sentences that look like declarations": (
        "Implement a module named upsilon2.\n\n- input clk\n- input go\n- output led\n\nThe\noutput led is 1 after\ninput go was 1. Output encoding: none.\nOutput Encoding: one bit.\n",
        "clk:i1 go:i1 led:o1",
    ),
    "ports named like words": (
        "# phi2\n\nInputs:\n- in: value (4 bits)\n- value: 2 bits\n- type: a flag\n\nOutputs:\n- out: result\n- data: 8 bits\n",
        "in:i4 value:i2 type:i1 out:o1 data:o8",
    ),
    "inout": (
        "# chi2\n\n- inout [7:0] pad\n- input oe\n- output [7:0] sample\n",
        "pad:io8 oe:i1 sample:o8".replace("io8", "i8"),
    ),
}


@pytest.mark.parametrize("style", STYLES)
def test_the_interface_is_found(style: str) -> None:
    text, expected = STYLES[style]
    assert shape(read_spec(textwrap.dedent(text))) == expected
