"""The .keys language: read, checked before anything runs, run, and written from what somebody did by hand."""
