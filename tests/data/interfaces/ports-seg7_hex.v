module seg7_hex(input [3:0] nib, input blank, input lamp_test, input dp_in, output [6:0] seg, output dp);
endmodule
