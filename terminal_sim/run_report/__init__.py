"""What a run leaves for people and machines: one HTML page, JUnit XML, annotations, TAP, JSON lines, and a grid of pictures."""
