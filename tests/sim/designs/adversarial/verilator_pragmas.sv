// Pragmas in comments that only one simulator reads.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    /*verilator public_flat_rw*/
    // verilator lint_off all
    `ifdef VERILATOR
    initial $display("seen");
    `endif
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
