"""The bench as a service on this machine: an API over HTTP and WebSocket, and the page that uses it."""
