module golden(input clk, input areset, input x, output y);
  reg [1:0] s;
  always @(posedge clk or posedge areset)
    if (areset) s <= 1;
    else case (s) 0: s <= x; 1: s <= x ? 1 : 2; default: s <= x ? 2 : 0; endcase
  assign y = s == 0 ? ~x : x;
endmodule
