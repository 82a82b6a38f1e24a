"""What is known: catalogue, policies, semantic model, warehouse; and where it comes from."""
