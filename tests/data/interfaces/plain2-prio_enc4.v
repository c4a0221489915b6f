module prio_enc4 (
    input  wire [3:0] req,
    output reg  [1:0] idx,
    output wire       valid
);
    assign valid = |req;

    always @* begin
        if (req[3])
            idx = 2'd3;
        else if (req[2])
            idx = 2'd2;
        else if (req[1])
            idx = 2'd1;
        else
            idx = 2'd0;
    end
endmodule
