"""What the interface keeps and stands on: the dialogues as a fold over their rows, and the terminal as it sees it."""
