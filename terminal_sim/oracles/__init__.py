"""What says that a terminal did wrong: small named rules over what its profile says and what can be seen of it, never over its firmware's code.

A rule sees the history of a session (`facts`) and what has just happened (`occurrence`). Rules of one class stand in one file: I invariants of money, C the
charts of the flows, R what the profile, the screen, the rows and the paper say. `catalogue` lists them all, and `watch` applies them to a bench.
"""
