module golden(input clock, input reset, input din, output hit);
  reg [1:0] s;
  always @(posedge clock) if (reset) s <= 0; else s <= !din ? 0 : s == 0 ? 1 : 2;
  assign hit = s == 2 && !din;
endmodule
