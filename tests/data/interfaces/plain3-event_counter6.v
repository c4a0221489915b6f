module event_counter6(
  input clk,
  input rst,
  input clear,
  input en,
  output reg [5:0] count
);
  always @(posedge clk)
    if (rst) count <= 6'd0;
    else if (clear) count <= 6'd0;
    else if (en) count <= count + 6'd1;
endmodule
