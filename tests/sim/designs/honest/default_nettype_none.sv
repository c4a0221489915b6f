// `default_nettype none, so that every net is declared.
`default_nettype none
module dut(
    input  wire       clk,
    input  wire       rst,
    input  wire [7:0] a,
    input  wire [7:0] b,
    output reg  [7:0] y
);
wire [7:0] sum;
assign sum = a + b;
always @(posedge clk) if (rst) y <= 8'd0; else y <= sum;
endmodule
`default_nettype wire
