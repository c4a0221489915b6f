module cplx_mul(
  input signed [13:0] xr,
  input signed [13:0] xi,
  input signed [13:0] yr,
  input signed [13:0] yi,
  output signed [28:0] pr,
  output signed [28:0] pi,
  input clk,
  input vin,
  output vout
);
endmodule
