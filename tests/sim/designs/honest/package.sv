// A package with a parameter, a type and a function; imported in the header.
package arithmetic;
    parameter int WIDTH = 8;
    typedef logic [WIDTH-1:0] word_t;
    function automatic word_t add(word_t p, word_t q);
        return p + q;
    endfunction
endpackage

module dut
    import arithmetic::*;
(
    input  logic       clk,
    input  logic       rst,
    input  logic [7:0] a,
    input  logic [7:0] b,
    output logic [7:0] y
);
    always_ff @(posedge clk)
        if (rst) y <= '0;
        else y <= arithmetic::add(a, b);
endmodule
