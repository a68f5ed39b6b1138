"""Readers by address: listed, opened, served and tested through the table of protocols."""
