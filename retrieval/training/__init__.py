"""Training of the encoder that ships. Nothing here is imported to answer a question."""
