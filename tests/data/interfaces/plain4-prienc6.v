module prienc6 (
    input      [5:0] req,
    input            en,
    output reg [2:0] code,
    output           valid
);
    integer i;

    always @* begin
        code = 3'd0;
        if (en)
            for (i = 0; i < 6; i = i + 1)
                if (req[i])
                    code = i[2:0];
    end

    assign valid = en && (req != 6'd0);
endmodule
