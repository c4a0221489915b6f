module crc8_serial(input clk, input rst_n, input bit_in, input bit_en, input start, input [7:0] seed, output [7:0] crc, output zero);
endmodule
