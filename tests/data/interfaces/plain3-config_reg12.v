module config_reg12(
  input clk,
  input reset,
  input we,
  input [11:0] wdata,
  output reg [11:0] rdata
);
  always @(posedge clk or posedge reset)
    if (reset) rdata <= 12'h0A5;
    else if (we) rdata <= wdata;
endmodule
