module golden(input clk, input rst, input w, output z);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 0; else s <= !w ? 0 : s == 0 ? 1 : 2;
  assign z = s == 2 && !w;
endmodule
