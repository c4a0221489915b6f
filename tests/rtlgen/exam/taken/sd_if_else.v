module golden(input clk, input rst_n, input x, output z);
  reg [1:0] s;
  always @(posedge clk or negedge rst_n) if (!rst_n) s <= 0; else s <= !x ? 0 : s == 2 ? 2 : s + 1;
  assign z = s == 2;
endmodule
