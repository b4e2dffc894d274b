"""What is in a store, whether it is as it must be, and copies of it."""
