module golden(input clk, input rst_n, input start, input stop, output reg busy);
  always @(posedge clk or negedge rst_n)
    if (!rst_n) busy <= 0; else busy <= busy ? !stop : start && !stop;
endmodule
