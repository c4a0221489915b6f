module mini_alu (
    input  wire [7:0] a,
    input  wire [7:0] b,
    input  wire [1:0] op,
    output reg  [7:0] result,
    output wire       zero
);
    assign zero = (result == 8'd0);

    always @* begin
        case (op)
            2'd0:    result = a + b;
            2'd1:    result = a - b;
            2'd2:    result = a & b;
            default: result = a | b;
        endcase
    end
endmodule
