"""Points of sale: what a shop's register keeps, and how it speaks to terminals."""
