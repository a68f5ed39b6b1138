"""What EMV data elements look like on the wire, read and written; terminal and card both build on it."""
