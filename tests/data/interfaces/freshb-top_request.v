module top_request (
    input  wire [7:0] req,
    output reg  [2:0] index,
    output wire       any,
    output wire       several
);
    integer i;

    always @* begin
        index = 3'd0;
        for (i = 0; i < 8; i = i + 1)
            if (req[i])
                index = i[2:0];
    end

    assign any     = |req;
    // clearing the lowest set bit leaves something only if two or more are set
    assign several = |(req & (req - 8'd1));
endmodule
