module ones11 (
    input      [10:0] data,
    output reg [3:0]  count,
    output            all_set,
    output            none_set
);
    integer i;

    always @* begin
        count = 4'd0;
        for (i = 0; i < 11; i = i + 1)
            count = count + {3'd0, data[i]};
    end

    assign all_set  = &data;
    assign none_set = ~|data;
endmodule
