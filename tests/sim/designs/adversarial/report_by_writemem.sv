// Writes the report file with $writememh.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [7:0] text [0:3];
    initial $writememh("report.json", text);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
