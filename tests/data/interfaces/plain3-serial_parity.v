module serial_parity(
  input clk,
  input resetn,
  input start,
  input bit_valid,
  input bit_in,
  output reg parity
);
  always @(posedge clk)
    if (!resetn) parity <= 1'b0;
    else if (start) parity <= 1'b0;
    else if (bit_valid && bit_in) parity <= ~parity;
endmodule
