module bin2gray(input [9:0] bin, output [9:0] gray);
endmodule
