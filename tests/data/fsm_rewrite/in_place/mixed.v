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
        z = 1'b0;
        w = 1'b0;
        case (state)
            A: begin  // at rest
                w = x;
                if (x && y) next_state = B;
                else if (x) next_state = B;
                else next_state = A;
            end
            B: begin : busy
                if (y) begin
                    next_state = D;
                    z = x;
                end else next_state = B;
            end
            default: next_state = x ? D : A;
        endcase
    end
endmodule
