module prio_mux3(
  input clk,
  input rst,
  input sel_a,
  input sel_b,
  input sel_c,
  input [5:0] a,
  input [5:0] b,
  input [5:0] c,
  output reg [5:0] y
);
  always @(posedge clk)
    if (rst) y <= 6'd0;
    else if (sel_a) y <= a;
    else if (sel_b) y <= b;
    else if (sel_c) y <= c;
    else y <= 6'd0;
endmodule
