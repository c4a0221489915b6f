module golden(input a, input b, output out, output out_n);
  assign {out, out_n} = (a && b) ? 2'b10 : 2'b01;
endmodule
