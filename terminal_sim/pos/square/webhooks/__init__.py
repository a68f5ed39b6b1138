"""Events on their way to subscribers: their bodies, signatures and deliveries. Nothing here knows the service."""
