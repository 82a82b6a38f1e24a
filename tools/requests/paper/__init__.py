"""A share request on paper: an application form and a covering letter, and the same for another platform to read."""
