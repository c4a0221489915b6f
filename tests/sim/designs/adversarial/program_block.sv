// A program: the simulation ends when it does.
program quitter;
    initial #20 $display("done");
endprogram
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    quitter q();
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
