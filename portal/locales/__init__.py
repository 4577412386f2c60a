"""The catalogs. English is the language of the source; `python -m portal.locales` brings them up to date."""
