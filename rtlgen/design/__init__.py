"""The design loop: testbench, candidates, verdicts, record."""
