"""Messages over a network: where a host is, how messages are parted in a stream of bytes, the terminal's end and the acquirer's end."""
