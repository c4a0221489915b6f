module popcount8 (
    input  wire [7:0] din,
    output reg  [3:0] count
);
    integer i;
    always @* begin
        count = 4'd0;
        for (i = 0; i < 8; i = i + 1)
            count = count + {3'b000, din[i]};
    end
endmodule
