"""Find passages, datasets, columns and values."""
