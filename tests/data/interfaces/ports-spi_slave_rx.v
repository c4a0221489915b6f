module spi_slave_rx(input sck, input cs_n, input mosi, output [15:0] word, output [3:0] bits, output done);
endmodule
