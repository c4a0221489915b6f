module golden(input clk, input rst, input [1:0] cmd, output on, output blink);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 0; else case (cmd) 0: s <= 0; 1: s <= 1; 2: s <= 2; default: s <= s; endcase
  assign on = s != 0, blink = s == 2;
endmodule
