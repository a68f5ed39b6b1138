"""The acquirer's side: the dialect of its messages (pure), the link to it, and a virtual acquirer with issuer and ledger."""
