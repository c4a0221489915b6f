module golden(input w, input x, input y, output f, output reg g);
  assign f = ~y | (w & ~x);
  always @* casez ({x, y, w}) 3'b000: g = 0; 3'b001: g = 1; 3'b01?: g = 1; 3'b11?: g = 0; 3'b100: g = 1'bx; 3'b101: g = 1; endcase
endmodule
