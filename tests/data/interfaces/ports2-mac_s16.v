module mac_s16(
  input signed [15:0] a,
  input signed [15:0] b,
  output signed [39:0] p,
  input clk,
  input ce,
  input load,
  input arst
);
endmodule
