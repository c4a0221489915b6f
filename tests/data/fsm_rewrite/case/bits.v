// Two flip-flops, each with a process of its own.
module bits (input clk, input rst, input x, output z);
    // S1 stands for S3 too: nothing outside can tell them apart.
    localparam [1:0]
        S0 = 2'b00,
        S1 = 2'b01,
        S2 = 2'b10;
    reg [1:0] state;
    reg [1:0] next_state;
    wire q0 = state[1];
    wire q1 = state[0];
    always @(*) begin
        case (state)
            S0: next_state = x ? S2 : S0;
            S1: next_state = x ? S1 : S0;
            S2: next_state = x ? S1 : S0;
            default: next_state = 2'bxx;
        endcase
    end

    always @(posedge clk) begin
        if (rst) state <= S0;
        else state <= next_state;
    end
    assign z = q1;
endmodule
