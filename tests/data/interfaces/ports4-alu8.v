module alu8(input [7:0] a, input [7:0] b, input [2:0] op, input cin, output [7:0] y, output zero, output carry, output neg);
endmodule
