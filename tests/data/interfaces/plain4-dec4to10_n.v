module dec4to10_n (
    input  [3:0] bcd,
    input        en_n,
    output [9:0] y_n,
    output       err
);
    wire       bad = (bcd > 4'd9);
    wire [9:0] hot = 10'd1 << bcd;

    assign y_n = (en_n || bad) ? 10'h3FF : ~hot;
    assign err = !en_n && bad;
endmodule
