"""The durable record of a bench's terminals, and the invariants that it must keep."""
