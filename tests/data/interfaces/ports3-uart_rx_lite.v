module uart_rx_lite(input clk, input resetn, input rxd, input [15:0] div, input rd, output [7:0] rx_data, output rx_valid, output frame_err, output overrun);
endmodule
