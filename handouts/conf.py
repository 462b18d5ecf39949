"""Sphinx: the handouts as web pages that need no network, and no server.

Built by `make handouts`; the pages work when opened as files.  Nothing in them
is fetched from elsewhere: no web fonts, and no mathematics, whose renderer
would be.
"""

from importlib.util import find_spec

project = "Latchkey"
html_title = "Latchkey"
html_theme = "furo" if find_spec("furo") else "alabaster"
html_show_copyright = False
html_copy_source = False
html_show_sourcelink = False

extensions = ["myst_parser"]
myst_heading_anchors = 3  # [text](tour.md#the-rooms) finds a heading by its words
highlight_language = "text"
