"""Two firmwares side by side: the same sessions on both, and where what a person, a host or a journal gets from them differs."""
