"""Square's service for points of sale as values: what comes in, what is kept, what goes to devices, what is answered."""
