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
        next_state[1] = ~state[1] & ~state[0] & x;
        next_state[0] = ~((~state[1] & ~state[0]) | ~x);
    end
    assign z = state[0];

    always @(posedge clk) begin
        if (rst) state <= S0;
        else state <= next_state;
    end
endmodule
