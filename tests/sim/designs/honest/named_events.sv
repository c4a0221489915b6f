// Named events, fork and join, and wait in an initial block.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
event started;
reg seen;
initial begin
    seen = 0;
    fork
        begin #2 -> started; end
        begin @started seen = 1; end
    join
    wait (seen);
    begin : disable_me
        disable disable_me;
        seen = 0;
    end
end
always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
