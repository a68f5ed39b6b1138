"""From the bytes of an HTTP body to a request, and back from an answer: seal, envelope, exchange."""
