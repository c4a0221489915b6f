// Reads a memory image that came with the design.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
parameter IMAGE = "ones.hex";
reg [7:0] rom [0:15];
reg [7:0] same [0:15];
initial begin
    $readmemh("ones.hex", rom);
    $readmemh(IMAGE, same);
end
wire [7:0] zero = rom[a[3:0]] - same[b[3:0]];
always @(posedge clk) if (rst) y <= 0; else y <= a + b + zero;
endmodule
