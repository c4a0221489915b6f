"""One machine, the detector of 101 with overlap, in the styles in which people write it."""

from __future__ import annotations

from dataclasses import dataclass

DETECTOR = {"S0": ("S0", "S1"), "S1": ("S2", "S1"), "S2": ("S0", "S3"), "S3": ("S2", "S1")}
"""Each state's successors for x = 0 and x = 1."""
ACCEPTING = "S3"


@dataclass(frozen=True, kw_only=True)
class Style:
    """A way of writing the detector; `z` tells its accepting state."""

    name: str
    verilog: str
    states: int = 4
    register: tuple[str, ...] = ("state",)
    named: bool = True
    reset: str = "rst"
    """Name of the reset port; empty if there is none."""
    others: tuple[str, ...] = ()
    """Names of states that are no names of the detector's."""


_HEAD = "module top (input clk, input rst, input x, output z);\n"
_REG_HEAD = "module top (input clk, input rst, input x, output reg z);\n"
_LOW_HEAD = "module top (input clk, input rst_n, input x, output z);\n"
_FREE_HEAD = "module top (input clk, input x, output z);\n"
_NAMES = "localparam S0 = 2'd0, S1 = 2'd1, S2 = 2'd2, S3 = 2'd3;\n"
_NEXT = """
always @(*) begin
    case (state)
        S0: next = x ? S1 : S0;
        S1: next = x ? S1 : S2;
        S2: next = x ? S3 : S0;
        S3: next = x ? S1 : S2;
        default: next = S0;
    endcase
end
"""
_INSIDE = """
    case (state)
        S0: if (x) state <= S1;
        S1: if (!x) state <= S2;
        S2: if (x) state <= S3; else state <= S0;
        default: if (x) state <= S1; else state <= S2;
    endcase
"""


def _style(name: str, verilog: str, **more: object) -> Style:
    return Style(name=name, verilog=verilog, **more)  # type: ignore[arg-type]


STYLES = (
    _style(
        "two processes, synchronous reset",
        _HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "one process",
        _HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk)
    if (rst) state <= S0;
    else"""
        + _INSIDE
        + "assign z = (state == S3);\nendmodule",
    ),
    _style(
        "three processes",
        _REG_HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(posedge clk or posedge rst) begin
    if (rst) state <= S0;
    else state <= next;
end
always @(*) begin
    z = 1'b0;
    case (state)
        S3: z = 1'b1;
        default: z = 1'b0;
    endcase
end
endmodule""",
    ),
    _style(
        "asynchronous reset, active low",
        _LOW_HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(posedge clk, negedge rst_n) if (!rst_n) state <= S0; else state <= next;
assign z = &state;
endmodule""",
        reset="rst_n",
    ),
    _style(
        "synchronous reset, active low",
        _LOW_HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(posedge clk) state <= rst_n ? next : S0;
assign z = &state;
endmodule""",
        reset="rst_n",
    ),
    _style(
        "reset in the next-state logic",
        _HEAD
        + _NAMES
        + """reg [1:0] state, next;
always @(*) begin
    next = state;
    if (rst) next = S0;
    else if (state == S0) begin if (x) next = S1; end
    else if (state == S1) begin if (~x) next = S2; end
    else if (state == S2) next = x ? S3 : S0;
    else next = x ? S1 : S2;
end
always @(posedge clk) state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "enumeration",
        """module top (input logic clk, input logic rst, input logic x, output logic z);
typedef enum logic [1:0] {S0, S1, S2, S3} state_t;
state_t state, next;
always_comb begin
    unique case (state)
        S0: next = x ? S1 : S0;
        S1: next = x ? S1 : S2;
        S2: next = x ? S3 : S0;
        S3: next = x ? S1 : S2;
    endcase
end
always_ff @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "define",
        "`define S0 2'b00\n`define S1 2'b01\n`define S2 2'b10\n`define S3 2'b11\n"
        + _HEAD
        + """
reg [1:0] state;
always @(posedge clk)
    if (rst) state <= `S0;
    else case (state)
        `S0: state <= x ? `S1 : `S0;
        `S1: state <= x ? `S1 : `S2;
        `S2: state <= x ? `S3 : `S0;
        `S3: state <= x ? `S1 : `S2;
    endcase
assign z = state == `S3;
endmodule""",
    ),
    _style(
        "parameters in the header",
        """module top #(parameter S0 = 0, S1 = 1, S2 = 2, S3 = 3)
    (input clk, input rst, input x, output z);
reg [1:0] state, next;"""
        + _NEXT
        + """
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "ports declared in the body",
        """module top (clk, rst, x, z);
input clk, rst, x;
output z;
reg z;
reg [1:0] state;
parameter [1:0] S0 = 2'b00, S1 = 2'b01, S2 = 2'b10, S3 = 2'b11;
always @(posedge clk or posedge rst)
    if (rst) state <= S0;
    else"""
        + _INSIDE
        + """always @(state) z = (state == S3);
endmodule""",
    ),
    _style(
        "gray codes",
        _HEAD
        + """localparam [1:0] S0 = 2'b00, S1 = 2'b01, S2 = 2'b11, S3 = 2'b10;
reg [1:0] state, next;"""
        + _NEXT
        + """
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state[1] & ~state[0];
endmodule""",
    ),
    _style(
        "one-hot constants",
        _HEAD
        + """localparam [3:0] S0 = 4'b0001, S1 = 4'b0010, S2 = 4'b0100, S3 = 4'b1000;
reg [3:0] state, next;"""
        + _NEXT
        + """
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "one-hot, case of 1, bits by index",
        _HEAD
        + """localparam S0 = 0, S1 = 1, S2 = 2, S3 = 3;
reg [3:0] state, next;
always @(*) begin
    next = 4'b0;
    case (1'b1)
        state[S0]: if (x) next[S1] = 1'b1; else next[S0] = 1'b1;
        state[S1]: if (x) next[S1] = 1'b1; else next[S2] = 1'b1;
        state[S2]: if (x) next[S3] = 1'b1; else next[S0] = 1'b1;
        state[S3]: if (x) next[S1] = 1'b1; else next[S2] = 1'b1;
    endcase
end
always @(posedge clk)
    if (rst) begin state <= 4'b0; state[S0] <= 1'b1; end
    else state <= next;
assign z = state[S3];
endmodule""",
    ),
    _style(
        "one-hot by equations on a vector",
        _HEAD
        + """reg [3:0] state;
wire [3:0] next;
assign next[0] = ~x & (state[0] | state[2]);
assign next[1] = x & (state[0] | state[1] | state[3]);
assign next[2] = ~x & (state[1] | state[3]);
assign next[3] = x & state[2];
always @(posedge clk) if (rst) state <= 4'b0001; else state <= next;
assign z = state[3];
endmodule""",
        named=False,
    ),
    _style(
        "one-hot by a register for each state",
        _HEAD
        + """reg s0, s1, s2, s3;
always @(posedge clk or posedge rst)
    if (rst) begin s0 <= 1; s1 <= 0; s2 <= 0; s3 <= 0; end
    else begin
        s0 <= ~x & (s0 | s2);
        s1 <= x & (s0 | s1 | s3);
        s2 <= ~x & (s1 | s3);
        s3 <= x & s2;
    end
assign z = s3;
endmodule""",
        register=("s0", "s1", "s2", "s3"),
        named=True,
    ),
    _style(
        "Boolean equations on single bits",
        _HEAD
        + """reg y1, y0;
wire n1 = ~y1 & y0 & ~x | y1 & ~y0 & x | y1 & y0 & ~x;
wire n0 = x;
always @(posedge clk) begin
    y1 <= n1 & ~rst;
    y0 <= n0 & ~rst;
end
assign z = y1 & y0;
endmodule""",
        register=("y1", "y0"),
        named=False,
    ),
    _style(
        "Boolean equations on a vector",
        _HEAD
        + """reg [1:0] state;
always @(posedge clk)
    if (rst) state <= 0;
    else state <= {state[0] & ~x | state[1] & ~state[0] & x, x};
assign z = &state;
endmodule""",
        named=False,
    ),
    _style(
        "state + 1",
        _HEAD
        + """reg [1:0] state;
always @(posedge clk)
    if (rst) state <= 2'd0;
    else case (state)
        2'd0: if (x) state <= state + 1'b1;
        2'd1: if (!x) state <= state + 1'b1;
        2'd2: if (x) state <= state + 1'b1; else state <= 2'd0;
        2'd3: if (x) state <= state - 2'd2; else state <= state - 1'b1;
    endcase
assign z = state == 2'd3;
endmodule""",
        named=False,
    ),
    _style(
        "chain of ifs and numbers",
        _HEAD
        + """reg [7:0] state;
always @(posedge clk) begin
    if (rst) state <= 10;
    else if (state == 10) begin if (x) state <= 20; end
    else if (state == 20) begin if (!x) state <= 30; end
    else if (state == 30) begin if (x) state <= 40; else state <= 10; end
    else if (state == 40) begin if (x) state <= 20; else state <= 30; end
    else state <= 10;
end
assign z = state == 40;
endmodule""",
        named=False,
    ),
    _style(
        "one expression",
        _HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk)
    state <= rst ? S0
        : state == S0 ? (x ? S1 : S0)
        : state == S2 ? (x ? S3 : S0)
        : (x ? S1 : S2);
assign z = state == S3;
endmodule""",
    ),
    _style(
        "function",
        _HEAD
        + _NAMES
        + """reg [1:0] state;
function [1:0] following;
    input [1:0] now;
    input bit_in;
    case (now)
        S0: following = bit_in ? S1 : S0;
        S1: following = bit_in ? S1 : S2;
        S2: following = bit_in ? S3 : S0;
        default: following = bit_in ? S1 : S2;
    endcase
endfunction
always @(posedge clk) if (rst) state <= S0; else state <= following(state, x);
assign z = state == S3;
endmodule""",
    ),
    _style(
        "state is an output port",
        """module top (input clk, input rst, input x, output reg [1:0] state, output z);
"""
        + _NAMES
        + """always @(posedge clk) begin
    if (rst) state <= S0;
    else begin"""
        + _INSIDE
        + """    end
end
assign z = state == S3;
endmodule""",
    ),
    _style(
        "initial value, no reset",
        _FREE_HEAD
        + _NAMES
        + """reg [1:0] state = S0;
always @(posedge clk) begin"""
        + _INSIDE
        + "end\nassign z = state == S3;\nendmodule",
        reset="",
    ),
    _style(
        "initial block, no reset",
        _FREE_HEAD
        + _NAMES
        + """reg [1:0] state;
initial state = S0;
always @(posedge clk) begin"""
        + _INSIDE
        + "end\nassign z = state == S3;\nendmodule",
        reset="",
    ),
    _style(
        "neither reset nor initial value",
        _FREE_HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk) begin"""
        + _INSIDE
        + "end\nassign z = state == S3;\nendmodule",
        reset="",
    ),
    _style(
        "falling edge",
        _HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(negedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "registered output",
        _REG_HEAD
        + _NAMES
        + "reg [1:0] state, next;"
        + _NEXT
        + """
always @(posedge clk)
    if (rst) begin state <= S0; z <= 0; end
    else begin state <= next; z <= (next == S3); end
endmodule""",
        register=("state", "z"),
    ),
    _style(
        "output in the state's process",
        _REG_HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk or posedge rst)
    if (rst) begin state <= S0; z <= 1'b0; end
    else begin
        z <= 1'b0;
        case (state)
            S0: if (x) state <= S1;
            S1: if (!x) state <= S2;
            S2: if (x) begin state <= S3; z <= 1'b1; end else state <= S0;
            S3: if (x) state <= S1; else state <= S2;
        endcase
    end
endmodule""",
        register=("state", "z"),
    ),
    _style(
        "x in default",
        _HEAD
        + """localparam [2:0] S0 = 3'd1, S1 = 3'd2, S2 = 3'd5, S3 = 3'd7;
reg [2:0] state, next;
always @(*)
    case (state)
        S0: next = x ? S1 : S0;
        S1: next = x ? S1 : S2;
        S2: next = x ? S3 : S0;
        S3: next = x ? S1 : S2;
        default: next = 3'bx;
    endcase
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
    ),
    _style(
        "blocking assignment of the state",
        _REG_HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk) begin
    if (rst) state = S0;
    else"""
        + _INSIDE.replace("<=", "=")
        + """end
always @(*) z = state == S3;
endmodule""",
    ),
    _style(
        "casez with wildcards",
        _HEAD
        + """reg [1:0] state;
always @(posedge clk)
    if (rst) state <= 0;
    else casez ({state, x})
        3'b000: state <= 0;
        3'b100: state <= 0;
        3'b101: state <= 3;
        3'b??1: state <= 1;
        default: state <= 2;
    endcase
assign z = state == 3;
endmodule""",
        named=False,
    ),
    _style(
        "table in a case of state and input",
        _HEAD
        + _NAMES
        + """reg [1:0] state;
always @(posedge clk or posedge rst)
    if (rst) state <= S0;
    else case ({state, x})
        {S0, 1'b0}: state <= S0;
        {S0, 1'b1}: state <= S1;
        {S1, 1'b0}: state <= S2;
        {S1, 1'b1}: state <= S1;
        {S2, 1'b0}: state <= S0;
        {S2, 1'b1}: state <= S3;
        {S3, 1'b0}: state <= S2;
        {S3, 1'b1}: state <= S1;
    endcase
assign z = state == S3;
endmodule""",
    ),
    _style(
        "register in a module of its own",
        "module hold (input clk, input rst, input [1:0] d, output reg [1:0] q);\n"
        "always @(posedge clk) if (rst) q <= 0; else q <= d;\nendmodule\n"
        + _HEAD
        + _NAMES
        + "wire [1:0] state;\nreg [1:0] next;"
        + _NEXT
        + """
hold u_hold (.clk(clk), .rst(rst), .d(next), .q(state));
assign z = state == S3;
endmodule""",
        register=("u_hold.q",),
    ),
    _style(
        "shift register that is the machine",
        _HEAD
        + """reg [2:0] last;
always @(posedge clk) if (rst) last <= 3'b0; else last <= {last[1:0], x};
assign z = last == 3'b101;
endmodule""",
        states=8,
        register=("last",),
        named=False,
    ),
    _style(
        "unreachable states and a twin",
        _HEAD
        + """localparam S0 = 0, S1 = 1, S2 = 2, S3 = 3, TWIN = 4, LOST = 5, GONE = 6;
reg [2:0] state, next;
always @(*)
    case (state)
        S0: next = x ? S1 : S0;
        S1: next = x ? S1 : S2;
        S2: next = x ? S3 : TWIN;
        S3: next = x ? S1 : S2;
        TWIN: next = x ? S1 : S0;
        LOST: next = x ? GONE : S3;
        GONE: next = LOST;
        default: next = S0;
    endcase
always @(posedge clk) if (rst) state <= S0; else state <= next;
assign z = state == S3;
endmodule""",
        states=5,
        others=("TWIN",),
    ),
)
