"""Verilog in, verdict out; knows no language model."""
