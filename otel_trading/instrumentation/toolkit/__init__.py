"""What all instrumentors share: replacing functions and putting them back, wrapping calls, recording operations."""
