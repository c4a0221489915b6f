module golden(input [1:0] d, output [1:0] g);
  assign g = d ^ (d >> 1);
endmodule
