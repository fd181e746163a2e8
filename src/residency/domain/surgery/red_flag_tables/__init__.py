"""The tables of red flags that :mod:`residency.domain.surgery.red_flags` reads; their form is described there.

Reviewed 2026-11 against current British, European and American guidance; where these differ, a table says what is
common to them. Not for clinical use. Doses stand only where all agree.
"""
