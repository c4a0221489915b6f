module shl_reg (
    input  wire       clk,
    input  wire       rst,
    input  wire       shift_en,
    input  wire       sin,
    output reg  [7:0] q,
    output wire       sout
);
    assign sout = q[7];

    always @(posedge clk) begin
        if (rst)
            q <= 8'd0;
        else if (shift_en)
            q <= {q[6:0], sin};
    end
endmodule
