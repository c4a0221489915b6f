module frame_crc16(input clk, input reset, input start, input [7:0] data, input data_en, output [15:0] crc, output busy);
endmodule
