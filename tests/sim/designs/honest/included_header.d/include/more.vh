`define MASK 8'hFF
