module edge_cnt(input clk, rst, sig, output reg [7:0] count);
  reg was;
  always @(posedge clk or posedge rst)
    if (rst) begin count <= 0; was <= 0; end
    else begin was <= sig; if (sig & ~was & count != 255) count <= count + 1; end
endmodule
