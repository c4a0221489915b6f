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
                next_state = x ? B : A;
                w = x;
            end
            B: begin : busy
                next_state = y ? D : B;
                if (y) begin
                    z = x;
                end
            end
            D: next_state = x ? D : A;
            default: next_state = 2'bxx;
        endcase
    end
endmodule
