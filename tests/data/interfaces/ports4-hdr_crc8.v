module hdr_crc8(input clk, input reset, input clear, input data_valid, input [7:0] data, output [7:0] crc, output crc_zero);
endmodule
