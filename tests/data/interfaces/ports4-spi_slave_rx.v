module spi_slave_rx(input clk_i, input rst_ni, input sclk_i, input cs_ni, input mosi_i, output [23:0] word_o, output word_valid_o, output frame_err_o);
endmodule
