module golden(input [4:1] x, output reg f);
  always @* case ({x[1], x[2]}) 0: f = x[3]; 1: f = ~x[4]; 3: f = ~x[4]; 2: f = ~x[3]; endcase
endmodule
