// Next state and outputs in one process.
module mixed (
    input  wire clk,
    input  wire rst,
    input  wire x,
    input  wire y,
    output reg  z,
    output reg  w
);
    // B stands for C too: nothing outside can tell them apart.
    localparam [1:0] A = 2'd0,
                     B = 2'd1,
                     D = 2'd2;

    reg [1:0] state, next_state;

    always @(posedge clk) begin
        if (rst) state <= A;
        else state <= next_state;
    end

    always @(*) begin
        next_state[1] = (state[1] & x) | (state[0] & y);
        next_state[0] = (~state[1] & ~state[0] & x) | (state[0] & ~y);
        w = ~state[1] & ~state[0] & x;
        z = state[0] & x & y;
    end
endmodule
