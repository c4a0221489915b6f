module golden(input a, input b, input c, input d, input e, output f);
  assign f = a ? (b ^ d) : ~(c ^ e);
endmodule
