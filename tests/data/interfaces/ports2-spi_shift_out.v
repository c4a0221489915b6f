module spi_shift_out(
  input clk,
  input rst,
  input start,
  input cpha_sel,
  input [15:0] tx_word,
  output sclk,
  output mosi,
  output cs_n,
  output done
);
endmodule
