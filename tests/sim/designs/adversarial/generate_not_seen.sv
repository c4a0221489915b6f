// Takes a generate branch that the gate thinks is not taken, and reads upward in it.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] q;
generate if (2147483648 > 0) begin : g
  assign q = golden.y;
end else begin : h assign q = 0; end
endgenerate
task t; reg [7:0] golden; golden = 0; endtask
always @* y = q;
endmodule
