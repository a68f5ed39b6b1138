"""The platform in front of the terminals: its paths, and what it says in the place of a terminal."""
