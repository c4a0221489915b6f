module led_toggle3(
  input clk,
  input rst_n,
  input off,
  input [2:0] toggle,
  output reg [2:0] led
);
  always @(posedge clk)
    if (!rst_n) led <= 3'b111;
    else if (off) led <= 3'b000;
    else led <= led ^ toggle;
endmodule
