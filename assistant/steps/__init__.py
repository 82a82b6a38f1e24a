"""The steps of a turn, one file each: (turn, services) → None to go on, or the outcome that ends the turn."""
