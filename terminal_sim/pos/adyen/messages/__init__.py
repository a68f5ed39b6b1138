"""What points of sale and terminals write to each other: structures, closed lists, the forms of additional data, and the words of refusals."""
