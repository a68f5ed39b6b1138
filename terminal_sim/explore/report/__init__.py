"""What an exploration was, as one page."""
