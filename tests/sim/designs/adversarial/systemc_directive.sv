// Puts C++ into what Verilator writes.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `systemc_imp_header
    #include <cstdlib>
    `verilog
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
