module window_comp(input [9:0] x, lo, hi, output in_range);
  assign in_range = x >= lo && x <= hi;
endmodule
