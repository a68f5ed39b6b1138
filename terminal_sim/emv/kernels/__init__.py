"""Whole transactions, composed of the steps in the order of their book."""
