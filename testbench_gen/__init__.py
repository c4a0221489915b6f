"""Writes cocotb testbenches that a person would keep."""
