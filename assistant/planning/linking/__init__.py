"""What a question's words may mean: names, values, numbers, times, function words, and other ways to say them."""
