"""PC/SC: whatever reader the system's own service drives, used as a client of it."""
