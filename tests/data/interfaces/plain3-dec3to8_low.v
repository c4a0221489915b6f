module dec3to8_low(
  input [2:0] code,
  input enable_n,
  output [7:0] y_n
);
  assign y_n = enable_n ? 8'hFF : ~(8'd1 << code);
endmodule
