// Real arithmetic in parameters only.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
parameter real PERIOD = 12.5;
localparam integer CYCLES = $rtoi(100.0 / PERIOD);
always @(posedge clk) if (rst) y <= 0; else y <= a + b + (CYCLES - 8);
endmodule
