// Two flip-flops, each with a process of its own.
module bits (input clk, input rst, input x, output z);
    reg q1, q0;
    always @(posedge clk) if (rst) q1 <= 1'b0; else q1 <= (q1 | q0) & x;
    always @(posedge clk) if (rst) q0 <= 1'b0; else q0 <= x & ~(q1 & q0);
    assign z = q1;
endmodule
