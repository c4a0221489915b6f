module gray_ctr(input clk, input arst, input en, input dir, output [5:0] gray, output wrap);
endmodule
