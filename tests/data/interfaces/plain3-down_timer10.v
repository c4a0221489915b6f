module down_timer10(
  input clk,
  input rst_n,
  input load,
  input [9:0] start_value,
  output reg [9:0] value,
  output done
);
  assign done = (value == 10'd0);
  always @(posedge clk or negedge rst_n)
    if (!rst_n) value <= 10'd0;
    else if (load) value <= start_value;
    else if (value != 10'd0) value <= value - 10'd1;
endmodule
