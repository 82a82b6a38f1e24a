"""Superlatives, the first N, places, sorting."""
