"""Mutants: what a testbench ought to notice."""

from testbench_gen.mutants.mutant import Mutant

__all__ = ["Mutant"]
