module golden(input clk, input rst, input x, output z);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 0; else case (s)
    0: s <= x ? 2 : 1; 1: s <= x ? 0 : 2; default: s <= x ? 1 : 0; endcase
  assign z = s == 0 ? x : s == 2 ? !x : 0;
endmodule
