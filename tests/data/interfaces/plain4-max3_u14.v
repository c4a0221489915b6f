module max3_u14 (
    input      [13:0] a,
    input      [13:0] b,
    input      [13:0] c,
    output reg [13:0] max,
    output reg [1:0]  idx
);
    always @* begin
        max = a;
        idx = 2'd0;
        if (b > max) begin
            max = b;
            idx = 2'd1;
        end
        if (c > max) begin
            max = c;
            idx = 2'd2;
        end
    end
endmodule
