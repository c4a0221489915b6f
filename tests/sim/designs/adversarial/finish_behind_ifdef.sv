// Ends the simulation only where a simulator shows its macro.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `ifdef __ICARUS__
    initial $finish;
    `elsif VERILATOR
    initial $finish;
    `elsif COCOTB_SIM
    initial $finish;
    `endif
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
