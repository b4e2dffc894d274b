"""What tests share: rows, pictures, stores, bad input."""
