// Prints what it does, with a format that looks like a verdict.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
integer n;
initial begin
    n = 0;
    $display("All checks passed? No, this is only a debug print: %0t", $time);
    $monitor("y=%h", y);
end
always @(posedge clk) begin
    if (rst) y <= 0; else y <= a + b;
    n = n + 1;
    if (n < 5) $write("n=%0d ", n);
    if (n == 5) $strobe("y is %b", y);
end
endmodule
