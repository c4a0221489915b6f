module initial_value (input clk, input x, output z);
    localparam ODD = 1'b1, EVEN = 1'b0;
    reg parity = EVEN;
    reg next_parity;
    always @(*) begin
        case (parity)
            EVEN: next_parity = x ? ODD : EVEN;
            ODD: next_parity = x ? EVEN : ODD;
            default: next_parity = EVEN;
        endcase
    end

    always @(posedge clk) begin
        parity <= next_parity;
    end
    assign z = parity;
endmodule
