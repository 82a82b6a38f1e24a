"""Measures of a ranked list, one per file. `ranked` are ids best first; `relevant` maps an id to its grade (> 0)."""
