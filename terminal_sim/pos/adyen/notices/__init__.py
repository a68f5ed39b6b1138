"""What a terminal says without being asked, on its way to points of sale until it is accepted."""
