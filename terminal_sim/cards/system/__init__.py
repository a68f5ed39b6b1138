"""What a card does: an application from its selection to its last cryptogram, and what it holds and remembers for that."""
