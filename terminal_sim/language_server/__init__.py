"""The language server of `.keys` scripts: what an editor shows and changes while a script is written.

`server` speaks the Language Server Protocol by pygls; the other modules answer its questions about texts, which need not be saved, and
know no protocol beyond its data types.
"""
