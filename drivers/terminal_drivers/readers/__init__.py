"""One folder a reader protocol: codec (pure), reader (host end), virtual (device end)."""
