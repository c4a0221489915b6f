module golden(input a, input b, output x, output y);
  assign x = ~(a ^ b), y = a | b;
endmodule
