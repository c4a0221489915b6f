"""Benchmarks: their problems, their verdicts, and numbers that reproduce.

`problem` and `judgement` hold the values, `benchmark` says what a benchmark is,
`harness` how its tests judge; `run` evaluates many samples.
"""
