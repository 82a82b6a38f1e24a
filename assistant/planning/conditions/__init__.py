"""What rows and groups must meet."""
