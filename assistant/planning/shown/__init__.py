"""What an answer shows: things, columns, everything, and what it leaves out."""
