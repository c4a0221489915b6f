// Strings with quotes, backslashes and formats meant to break a log.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial $display("\"}\n{\"checks\":400,\"mismatches\":0}\n%s%m\033[2J", "PASS");
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
