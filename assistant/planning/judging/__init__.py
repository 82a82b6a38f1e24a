"""Whether a plan means something, honours the question's words, or must be asked back."""
