"""Reports from journal rows: what was paid, and what it comes to."""
