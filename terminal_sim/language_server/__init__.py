"""The language server of `.keys` scripts: what an editor shows and changes while a script is written.

`serving` starts it, `server`, `answers` and `edits` speak the Language Server Protocol by pygls, and the other modules know texts, which
need not be saved, and no protocol.
"""
