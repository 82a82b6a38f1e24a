"""What a result is grouped by, and what groups are counted."""
