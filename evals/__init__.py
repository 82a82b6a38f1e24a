"""The evaluators' bench: cases, metrics, runs, reports."""
