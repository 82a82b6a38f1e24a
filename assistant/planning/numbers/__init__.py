"""Numbers that are asked for: counts, sums, averages, shares, growth, quotients, and the units they are asked in."""
