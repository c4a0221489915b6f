module golden(input [3:1] x, output f);
  assign f = x[3] ? ~x[1] & ~x[2] : x[2];
endmodule
