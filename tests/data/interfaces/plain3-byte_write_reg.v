module byte_write_reg(
  input clk,
  input rst_n,
  input we_hi,
  input we_lo,
  input [15:0] d,
  output reg [15:0] q
);
  always @(posedge clk)
    if (!rst_n) q <= 16'd0;
    else begin
      if (we_hi) q[15:8] <= d[15:8];
      if (we_lo) q[7:0] <= d[7:0];
    end
endmodule
