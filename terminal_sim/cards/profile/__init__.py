"""What a card is: its file, read strictly into a `Personality`."""
