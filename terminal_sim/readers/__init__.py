"""Readers as a terminal sees them: opened by address, watched, joined, recorded, and who puts cards in front of them."""
