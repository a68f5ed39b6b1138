"""Ciphers and what is made with them: application cryptograms and PIN blocks."""
