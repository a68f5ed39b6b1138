"""The grammar of the command line: each module says the words of some commands, and nothing is carried out here."""
