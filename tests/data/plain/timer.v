module timer(input clk, rst_n, load, input [15:0] value, output reg [15:0] count, output done);
  always @(posedge clk or negedge rst_n)
    if (!rst_n) count <= 0; else if (load) count <= value; else if (count != 0) count <= count - 1;
  assign done = count == 0;
endmodule
