module on_port (input clk, input rst, input x, output reg [1:0] state, output same);
    parameter A = 2'd0, B = 2'd1, C = 2'd2;
    reg [1:0] next_state;
    always @(*) begin
        case (state)
            A: next_state = x ? B : A;
            B: next_state = x ? C : A;
            C: next_state = x ? C : A;
            default: next_state = 2'bxx;
        endcase
    end

    always @(posedge clk) begin
        if (rst) state <= A;
        else state <= next_state;
    end
    assign same = state == C;
endmodule
