"""Bugs as they occur in terminal firmware, each planted in the sound one by a small patch, and found by the explorer."""
