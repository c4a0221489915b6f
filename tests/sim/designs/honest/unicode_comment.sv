// Comments and strings in other alphabets — Größe, 加法器, Δt → ☃.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
// Ergebnis = a + b («сумма»)
initial $display("Δ = %0d µs", 3);
always @(posedge clk) if (rst) y <= 0; else y <= a + b; // 完
endmodule
