module ts_counter(input clk125, input rst125, input set_en, input [31:0] set_sec, input [29:0] set_ns, input signed [7:0] adj, input adj_en, input capture, output [31:0] sec, output [29:0] ns, output [31:0] cap_sec, output [29:0] cap_ns, output pps);
endmodule
