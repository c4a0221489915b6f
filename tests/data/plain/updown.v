module updown(input clk, rst, up, down, output reg [7:0] count);
  always @(posedge clk or posedge rst)
    if (rst) count <= 0; else if (up & ~down) count <= count + 1; else if (down & ~up) count <= count - 1;
endmodule
