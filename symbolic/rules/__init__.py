"""Rewriting rules, one a file; `catalog` knows them all."""
