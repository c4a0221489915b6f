module satadd_s6 (
    input            clk,
    input            reset,
    input            en,
    input      [5:0] a,
    input      [5:0] b,
    output reg [5:0] y
);
    wire [6:0] full = {a[5], a} + {b[5], b};

    always @(posedge clk)
        if (reset)
            y <= 6'd0;
        else if (en) begin
            if (full[6] != full[5])
                y <= full[6] ? 6'b100000 : 6'b011111;
            else
                y <= full[5:0];
        end
endmodule
