module dec2to4 (
    input  wire       en,
    input  wire [1:0] a,
    output reg  [3:0] y
);
    always @* begin
        y = 4'b0000;
        if (en)
            y[a] = 1'b1;
    end
endmodule
