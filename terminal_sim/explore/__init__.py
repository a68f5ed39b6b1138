"""What a bench can be led to: what its runs covered of the flows."""
