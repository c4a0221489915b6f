module golden(input [2:0] y, input w, output [2:0] Y, output z);
  assign Y[0] = ~w & (y[0] | y[2]);
  assign Y[1] = w & (y[0] | y[1] | y[2]);
  assign Y[2] = ~w & y[1];
  assign z = y[2];
endmodule
