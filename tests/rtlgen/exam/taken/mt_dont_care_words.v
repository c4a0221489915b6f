module golden(input w, input x, input y, input z, output reg g);
  always @* case ({w, x, y, z}) 1, 3, 7, 11, 15: g = 1; 0, 2, 5: g = 1'bx; default: g = 0; endcase
endmodule
