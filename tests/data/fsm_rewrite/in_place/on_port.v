module on_port (input clk, input rst, input x, output reg [1:0] state, output same);
    parameter A = 2'd0, B = 2'd1, C = 2'd2;
    always @(posedge clk)
        if (rst) state <= A;
        else case (state)
            A: state <= x ? B : A;
            B: state <= x ? C : A;
            C: state <= x ? C : A;
            default: state <= A;
        endcase
    assign same = state == C;
endmodule
