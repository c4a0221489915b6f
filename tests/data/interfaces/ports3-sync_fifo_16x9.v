module sync_fifo_16x9(input clk, input rst, input wr_en, input [8:0] wr_data, output full, input rd_en, output [8:0] rd_data, output empty, output [4:0] count);
endmodule
