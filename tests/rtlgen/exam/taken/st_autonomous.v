module golden(input clk, input rst, output reg [2:0] phase);
  always @(posedge clk) if (rst) phase <= 1; else phase <= {phase[1:0], phase[2]};
endmodule
