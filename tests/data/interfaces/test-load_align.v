module load_align (
    input      [31:0] word,
    input      [1:0]  offset,
    input      [1:0]  size,
    input             sign_extend,
    output reg [31:0] result,
    output            misaligned
);
endmodule
