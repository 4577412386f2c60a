"""Files that are not plain text, made into text with headings, tables, lists and pages.

`kinds` says by content what a file is, `structure` reads it through xberg, `ocr` reads pictures of pages
through Tesseract, `sandbox` runs both in a process of its own with limits.
"""
