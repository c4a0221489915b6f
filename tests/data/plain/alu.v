module alu(input [7:0] a, b, input [1:0] op, output reg [7:0] y, output zero);
  always @(*) case (op) 0: y = a + b; 1: y = a - b; 2: y = a & b; default: y = a | b; endcase
  assign zero = y == 0;
endmodule
