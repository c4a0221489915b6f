module signed_accum16(
  input clk,
  input rst,
  input valid,
  input subtract,
  input signed [5:0] delta,
  output reg signed [15:0] total,
  output negative
);
  wire signed [15:0] ext = {{10{delta[5]}}, delta};
  assign negative = total[15];
  always @(posedge clk)
    if (rst) total <= 16'sd0;
    else if (valid) begin
      if (subtract) total <= total - ext;
      else total <= total + ext;
    end
endmodule
