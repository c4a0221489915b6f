// Hides $finish in a task of a package.
package quit;
    task leave; $finish; endtask
endpackage
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    import quit::*;
    initial #10 leave();
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
