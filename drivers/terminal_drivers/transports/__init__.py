"""Lines that carry bytes between a host and a reader."""
