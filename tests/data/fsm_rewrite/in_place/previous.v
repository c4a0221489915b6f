// The state before is kept, and codes are looked at.
module previous (input clk, input rst, input x, output fell, output odd, output reg [2:0] code);
    localparam [1:0] A = 2'b00, B = 2'b01, C = 2'b11, D = 2'b10;
    reg [1:0] state, last, next;
    always @(posedge clk or posedge rst)
        if (rst) begin
            state  <= A;
            last <= A;
        end else begin
            state  <= next;
            last <= state;
        end
    always @* case (state)
        A: next = x ? B : A;
        B: next = x ? C : A;
        C: next = x ? D : B;
        D: next = x ? D : C;
    endcase
    assign fell = (state == A) && (last != A);
    assign odd  = state[0];
    always @* code = {x, state};
endmodule
