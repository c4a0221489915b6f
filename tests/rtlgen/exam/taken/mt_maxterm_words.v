module golden(input a, input b, input c, output f);
  wire [2:0] n = {a, b, c};
  assign f = !(n == 0 || n == 1 || n == 6);
endmodule
