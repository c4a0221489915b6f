module fifo_sync_32x16(input clk, input rst, input wr_en, input rd_en, input [31:0] wr_data, output [31:0] rd_data, output full, output empty, output [4:0] count);
endmodule
