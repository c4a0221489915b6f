module parity_judge (
    input  wire [7:0] data,
    input  wire       pbit,
    input  wire       odd_mode,
    output wire       bad,
    output reg  [3:0] ones
);
    integer i;

    always @* begin
        ones = {3'd0, pbit};
        for (i = 0; i < 8; i = i + 1)
            ones = ones + {3'd0, data[i]};
    end

    assign bad = ones[0] ^ odd_mode;
endmodule
