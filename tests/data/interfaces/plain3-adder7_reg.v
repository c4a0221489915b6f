module adder7_reg(
  input clk,
  input rst_n,
  input valid,
  input [6:0] a,
  input [6:0] b,
  input cin,
  output reg [6:0] sum,
  output reg cout
);
  wire [7:0] total = {1'b0, a} + {1'b0, b} + {7'd0, cin};
  always @(posedge clk or negedge rst_n)
    if (!rst_n) begin
      sum <= 7'd0;
      cout <= 1'b0;
    end else if (valid) begin
      sum <= total[6:0];
      cout <= total[7];
    end
endmodule
