// A tree of modules with a billion leaves.
module t0; reg r; endmodule
module t1; t0 u0(); t0 u1(); t0 u2(); t0 u3(); t0 u4(); t0 u5(); t0 u6(); t0 u7(); endmodule
module t2; t1 u0(); t1 u1(); t1 u2(); t1 u3(); t1 u4(); t1 u5(); t1 u6(); t1 u7(); endmodule
module t3; t2 u0(); t2 u1(); t2 u2(); t2 u3(); t2 u4(); t2 u5(); t2 u6(); t2 u7(); endmodule
module t4; t3 u0(); t3 u1(); t3 u2(); t3 u3(); t3 u4(); t3 u5(); t3 u6(); t3 u7(); endmodule
module t5; t4 u0(); t4 u1(); t4 u2(); t4 u3(); t4 u4(); t4 u5(); t4 u6(); t4 u7(); endmodule
module t6; t5 u0(); t5 u1(); t5 u2(); t5 u3(); t5 u4(); t5 u5(); t5 u6(); t5 u7(); endmodule
module t7; t6 u0(); t6 u1(); t6 u2(); t6 u3(); t6 u4(); t6 u5(); t6 u6(); t6 u7(); endmodule
module t8; t7 u0(); t7 u1(); t7 u2(); t7 u3(); t7 u4(); t7 u5(); t7 u6(); t7 u7(); endmodule
module t9; t8 u0(); t8 u1(); t8 u2(); t8 u3(); t8 u4(); t8 u5(); t8 u6(); t8 u7(); endmodule
module t10; t9 u0(); t9 u1(); t9 u2(); t9 u3(); t9 u4(); t9 u5(); t9 u6(); t9 u7(); endmodule
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    t10 t();
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
