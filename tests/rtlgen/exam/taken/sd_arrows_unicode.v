module golden(input clk, input reset, input in, output out);
  reg [1:0] s;
  always @(posedge clk or posedge reset) if (reset) s <= 0; else s <= !in ? 0 : s == 2 ? 2 : s + 1;
  assign out = s == 2;
endmodule
