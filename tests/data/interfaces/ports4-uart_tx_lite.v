module uart_tx_lite(input clk, input rst_n, input [15:0] divisor, input [7:0] tx_data, input tx_start, output txd, output tx_busy);
endmodule
