module popcnt_thresh(input [23:0] bits, input [4:0] limit, output [4:0] ones, output above, output equal, output below);
endmodule
