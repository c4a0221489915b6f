module mag_compare (
    input  wire [11:0] left,
    input  wire [11:0] right,
    input  wire        is_signed,
    input  wire        en,
    output wire        gt,
    output wire        eq,
    output wire        lt
);
    wire signed_lt   = ($signed(left) < $signed(right));
    wire unsigned_lt = (left < right);
    wire same        = (left == right);
    wire less        = is_signed ? signed_lt : unsigned_lt;

    assign eq = en && same;
    assign lt = en && less;
    assign gt = en && !same && !less;
endmodule
