"""The service and what it keeps: its rows, their fold, the world around it, and the events that its changes bring about."""
