module spi_slave_reg(input CLK, input RST_N, input SCK, input CS_N, input MOSI, output MISO, output [6:0] ADDR, output [7:0] WDATA, output WE, input [7:0] RDATA);
endmodule
