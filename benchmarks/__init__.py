"""Measurements: each module's `run()` returns rows; `python -m benchmarks` runs them all and writes RESULTS.md."""
