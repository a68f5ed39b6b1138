"""Virtual readers for other people's software."""
