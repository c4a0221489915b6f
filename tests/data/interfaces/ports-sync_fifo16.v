module sync_fifo16(input clk, input rst, input wr_en, input [11:0] wr_data, output full, input rd_en, output [11:0] rd_data, output empty, output [4:0] level, output overrun);
endmodule
