"""The vendors' interfaces behind sockets: HTTP and TLS on an event loop, which hands what comes to the thread of the bench."""
