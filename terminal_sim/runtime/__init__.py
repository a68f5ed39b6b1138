"""What runs a firmware: events and effects in order, virtual time, the board it is wired to, and the trace."""
