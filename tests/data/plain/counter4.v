module counter4(input clk, rst, en, output reg [3:0] count);
  always @(posedge clk) if (rst) count <= 0; else if (en) count <= count + 1;
endmodule
