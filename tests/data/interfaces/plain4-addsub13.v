module addsub13 (
    input  [12:0] a,
    input  [12:0] b,
    input         sub,
    output [12:0] result,
    output        co
);
    wire [13:0] sum  = {1'b0, a} + {1'b0, b};
    wire [13:0] diff = {1'b0, a} - {1'b0, b};

    assign {co, result} = sub ? diff : sum;
endmodule
