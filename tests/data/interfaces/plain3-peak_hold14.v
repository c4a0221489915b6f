module peak_hold14(
  input clk,
  input rst,
  input sample_valid,
  input [13:0] sample,
  output reg [13:0] peak
);
  always @(posedge clk)
    if (rst) peak <= 14'd0;
    else if (sample_valid && (sample > peak)) peak <= sample;
endmodule
