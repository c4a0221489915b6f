module first_request (
    input      [7:0] irq,
    input      [7:0] mask,
    output           valid,
    output reg [2:0] number
);
    wire [7:0] active = irq & ~mask;
    integer i;

    assign valid = |active;

    always @(*) begin
        number = 3'd0;
        for (i = 7; i >= 0; i = i - 1)
            if (active[i]) number = i;
    end
endmodule
