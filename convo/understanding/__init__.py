"""What did they mean? A text becomes a value of the question's type, or nothing."""
