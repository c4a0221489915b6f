module sipo8(
  input clk,
  input rst,
  input shift_en,
  input serial_in,
  output reg [7:0] data
);
  always @(posedge clk)
    if (rst) data <= 8'd0;
    else if (shift_en) data <= {data[6:0], serial_in};
endmodule
