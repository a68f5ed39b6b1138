"""What a terminal answers, each as a body of the protocol: outcomes of dialogues, refusals, states, shifts and totals."""
