"""EMV: the kernel and everything it is built from. Pure: bytes and values in, bytes and values out."""
