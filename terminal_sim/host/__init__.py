"""The acquirer's side: the wire format (pure), what lies between, and a virtual acquirer with a ledger."""
