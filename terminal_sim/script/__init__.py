"""The .keys language: a script is parsed, checked before anything runs, run, and recorded from what was done by hand."""
