"""vpcd: a card of ours in the virtual reader of the vsmartcard project, so in front of any PC/SC software."""
