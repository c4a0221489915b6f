module leading_zeros (
    input      [15:0] x,
    output reg [4:0]  count
);
    integer i;

    always @(*) begin
        count = 5'd16;
        for (i = 0; i < 16; i = i + 1)
            if (x[i]) count = 5'd15 - i;
    end
endmodule
