"""What devices do for the service, one thing a device at a time."""
