// Attributes, translate_off comments, lint pragmas and a `pragma.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
/* verilator lint_off WIDTH */
(* keep = "true", dont_touch = 1 *) wire [7:0] sum /* synthesis keep */;
assign sum = a + b;
// synopsys translate_off
initial $display("not for synthesis");
// synopsys translate_on
`pragma reset all
always @(posedge clk)
    (* full_case, parallel_case *)
    case (rst) // synopsys full_case
        1'b1: y <= 0;
        1'b0: y <= sum;
    endcase
/* verilator lint_on WIDTH */
endmodule
