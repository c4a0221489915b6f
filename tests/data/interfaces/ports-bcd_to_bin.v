module bcd_to_bin(input [3:0] hundreds, input [3:0] tens, input [3:0] ones, output [9:0] value, output bad);
endmodule
