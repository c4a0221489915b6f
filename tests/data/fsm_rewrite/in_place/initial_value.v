module initial_value (input clk, input x, output z);
    localparam ODD = 1'b1, EVEN = 1'b0;
    reg parity = EVEN;
    always @(posedge clk)
        case (parity)
            EVEN: if (x) parity <= ODD;
            ODD:  if (x) parity <= EVEN;
        endcase
    assign z = parity;
endmodule
