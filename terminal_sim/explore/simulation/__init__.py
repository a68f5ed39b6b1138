"""Simulation: whole shops from one seed, whose terminals, cards, till, network, host and disk fail, and which must come to agree again."""
