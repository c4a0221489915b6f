module golden(input [1:0] y, input w, output Y1);
  assign Y1 = y == 1 ? ~w : y == 2 ? ~w : y == 3 ? w : 0;
endmodule
