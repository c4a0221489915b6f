module golden(input clk, input rst, input adv, output reg [2:0] state, output warn);
  always @(posedge clk) if (rst) state <= 3'b011; else state <= adv ? (state == 1 ? 3 : 7) : (state == 7 ? 3 : 1);
  assign warn = state[2];
endmodule
