module on_port (input clk, input rst, input x, output reg [1:0] state, output same);
    parameter A = 2'd0, B = 2'd1, C = 2'd2;
    reg [1:0] next_state;
    always @(*) begin
        next_state[1] = ~((~state[1] & ~state[0]) | ~x);
        next_state[0] = ~state[1] & ~state[0] & x;
    end
    assign same = state[1];

    always @(posedge clk) begin
        if (rst) state <= A;
        else state <= next_state;
    end
endmodule
