module shift_out (
    input        clk,
    input        rst,
    input        load,
    input  [7:0] data,
    output       serial,
    output       busy
);
    reg [7:0] bits;
    reg [3:0] left;

    assign busy = left != 4'd0;
    assign serial = busy && bits[7];

    always @(posedge clk)
        if (rst) left <= 4'd0;
        else if (busy) begin
            left <= left - 4'd1;
            bits <= {bits[6:0], 1'b0};
        end else if (load) begin
            left <= 4'd8;
            bits <= data;
        end
endmodule
