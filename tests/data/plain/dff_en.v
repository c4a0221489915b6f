module dff_en(input clk, rst_n, en, d, output reg q);
  always @(posedge clk or negedge rst_n) if (!rst_n) q <= 0; else if (en) q <= d;
endmodule
