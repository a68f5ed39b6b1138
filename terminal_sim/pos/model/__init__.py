"""The point of sale as values: its rows, the sales that they make, and its own report. It knows terminals by name only."""

POINT_OF_SALE = "POS"
"""The name under which the rows of the point of sale stand in its journal."""
