module golden(input clk, input rst, input req, input ack, output grant, output done);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 0; else case (s)
    0: s <= req; 1: s <= ack ? 2 : req ? 1 : 0; default: s <= 0; endcase
  assign grant = s == 1, done = s == 2;
endmodule
