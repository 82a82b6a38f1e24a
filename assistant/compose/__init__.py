"""Outcomes in words, one file a route. Texts speak only of what was found; every source is a citation."""
