module cnt12_wrap (
    input            clk,
    input            rst_n,
    input            en,
    output reg [3:0] count,
    output           tc
);
    always @(posedge clk or negedge rst_n)
        if (!rst_n)
            count <= 4'd0;
        else if (en) begin
            if (count == 4'd11)
                count <= 4'd0;
            else
                count <= count + 4'd1;
        end

    assign tc = en && (count == 4'd11);
endmodule
