module golden(input clk, input rst, input [1:0] op, output reg [1:0] act);
  always @(posedge clk or posedge rst) if (rst) act <= 0; else case (op) 0: act <= 0; 1: act <= 1; 2: act <= 2; 3: act <= act; endcase
endmodule
