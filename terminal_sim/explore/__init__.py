"""What a bench can be led to, and how to come there again: coverage of the flows, bundles of whole runs, and their replay."""
