module quadrature_decoder (
    input            clk,
    input            rst,
    input            a,
    input            b,
    output reg [7:0] position
);
    reg [1:0] last;

    always @(posedge clk)
        if (rst) begin
            position <= 8'd0;
            last <= 2'b00;
        end else begin
            last <= {a, b};
            case ({last, a, b})
                4'b0010, 4'b1011, 4'b1101, 4'b0100: position <= position + 8'd1;
                4'b0001, 4'b0111, 4'b1110, 4'b1000: position <= position - 8'd1;
                default: ;
            endcase
        end
endmodule
