"""The readers that a terminal has built in: a chip reader with its field, and a stripe head, composed of two protocols."""
