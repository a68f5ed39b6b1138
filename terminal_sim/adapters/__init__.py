"""The simulator inside of other people's test frameworks, each in a package of its own."""
