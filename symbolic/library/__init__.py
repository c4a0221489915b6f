"""Data of the package: a small cell library of the project's own."""
