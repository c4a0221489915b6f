module apb_gpio(input pclk, input presetn, input psel, input penable, input pwrite, input [3:0] paddr, input [15:0] pwdata, output [15:0] prdata, output pready, input [15:0] gpio_in, output [15:0] gpio_out, output [15:0] gpio_oe, output irq);
endmodule
