"""What crosses a line, in a pcapng file: written, read, and played again."""
