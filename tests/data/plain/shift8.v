module shift8(input clk, rst, en, si, output reg [7:0] q);
  always @(posedge clk) if (rst) q <= 0; else if (en) q <= {q[6:0], si};
endmodule
