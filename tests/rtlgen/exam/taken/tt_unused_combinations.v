module golden(input d3, input d2, input d1, input d0, output five);
  wire [3:0] n = {d3, d2, d1, d0};
  assign five = n > 9 ? 1'bx : n >= 5;
endmodule
