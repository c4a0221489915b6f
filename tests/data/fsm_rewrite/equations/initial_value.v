module initial_value (input clk, input x, output z);
    localparam ODD = 1'b1, EVEN = 1'b0;
    reg parity = EVEN;
    reg next_parity;
    always @(*) begin
        next_parity = (~parity & x) | (parity & ~x);
    end

    always @(posedge clk) begin
        parity <= next_parity;
    end
    assign z = parity;
endmodule
