module uart_rx_lite(
  input CLK,
  input RST,
  input [15:0] DIVISOR,
  input RXD,
  output [7:0] DATA,
  output DATA_STROBE,
  output FRAME_ERR
);
endmodule
