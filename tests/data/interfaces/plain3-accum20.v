module accum20(
  input clk,
  input rst_n,
  input clr,
  input add_en,
  input [7:0] din,
  output reg [19:0] acc
);
  always @(posedge clk or negedge rst_n)
    if (!rst_n) acc <= 20'd0;
    else if (clr) acc <= 20'd0;
    else if (add_en) acc <= acc + {12'd0, din};
endmodule
