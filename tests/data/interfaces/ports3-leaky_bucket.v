module leaky_bucket(input clk, input rst_n, input pkt_arrive, input [10:0] pkt_len, input [15:0] limit, input [7:0] leak, output [15:0] level, output accept, output drop);
endmodule
