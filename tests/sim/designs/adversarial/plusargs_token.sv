// Reads the secret of the run from the command line.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [255:0] token;
    initial if ($value$plusargs("RTLGEN_TOKEN=%s", token) || $test$plusargs("x")) $display("%s", token);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
