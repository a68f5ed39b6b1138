"""The explorer: given a profile alone it acts at terminals, has what they do judged, and keeps the shortest script of whatever is wrong."""
