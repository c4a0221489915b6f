module mux4(input [7:0] a, b, c, d, input [1:0] sel, output reg [7:0] y);
  always @(*) case (sel) 0: y = a; 1: y = b; 2: y = c; default: y = d; endcase
endmodule
