"""What the service says and hears: its objects, the closed lists of their members, and why it refuses."""
