"""Screens and receipts for eyes: lines of text, SVG and PNG, in the languages of the catalogues."""
