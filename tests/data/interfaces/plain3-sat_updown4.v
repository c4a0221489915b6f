module sat_updown4(
  input clk,
  input rst,
  input inc,
  input dec,
  output reg [3:0] level
);
  always @(posedge clk or posedge rst)
    if (rst) level <= 4'd8;
    else if (inc && !dec) begin
      if (level != 4'd15) level <= level + 4'd1;
    end else if (dec && !inc) begin
      if (level != 4'd0) level <= level - 4'd1;
    end
endmodule
