"""The rows of the journal: a frozen class for each kind, its schema, and one table of all kinds."""
