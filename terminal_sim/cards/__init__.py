"""Virtual cards: bytes in, bytes out, with a memory of their own. What each is like stands in profiles/cards/*.toml."""
