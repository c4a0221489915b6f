module golden(input x, input y, input z, output reg h);
  always @* case ({x, y, z}) 0, 3, 5: h = 0; 7: h = 1'bx; default: h = 1; endcase
endmodule
