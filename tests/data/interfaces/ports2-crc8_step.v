module crc8_step(input [7:0] crc_in, input [7:0] data, output [7:0] crc_out);
endmodule
