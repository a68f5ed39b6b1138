"""How Sphinx builds these pages; `make docs` does it, with each warning an error."""

project = "terminal-sim"
project_copyright = "terminal-sim contributors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["examples", "drawn"]
suppress_warnings = ["misc.highlighting_failure"]  # Mermaid has no lexer, and a line of TOML alone is none
myst_heading_anchors = 3
html_theme = "furo"
html_title = "terminal-sim"
html_static_path: list[str] = []
html_show_sphinx = False
