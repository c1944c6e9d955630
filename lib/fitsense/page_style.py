"""The colours of every page written to a file, by light and by dark: text on ground has a contrast of at least 4.5 to 1."""

COLOURS = """\
:root{color-scheme:light dark;--ink:#1f2933;--mute:#52606d;--line:#d9dfe5;--ground:#fff;--card:#f6f8fa;--link:#0060a0;
--good:#00694c;--warn:#9a3b00}
@media(prefers-color-scheme:dark){:root{--ink:#e4e7eb;--mute:#a9b4bf;--line:#343b43;--ground:#16191d;--card:#1e2328;
--link:#7cc4ff;--good:#5fd3a8;--warn:#ffb38a}}"""
