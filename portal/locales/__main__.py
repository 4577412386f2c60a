"""`make messages`: read every string marked for translation into the catalogs; say what is missing."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from babel import Locale
from babel.messages import Catalog, pofile
from babel.messages.extract import extract_from_dir

HOUSE = Path(__file__).parents[2]
LOCALES = Path(__file__).parent
FIRST = datetime(2026, 11, 21, tzinfo=UTC)
METHODS = [("portal/templates/**.html", "jinja2"), ("portal/**.py", "python"), ("pages/**.py", "python")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def extracted() -> Catalog:
    """Every marked string of the code and the templates."""
    catalog = Catalog(project="Ferag Portal", charset="utf-8", fuzzy=False)
    for folder in ("portal", "pages"):
        found = extract_from_dir(
            HOUSE / folder,
            method_map=[(p.removeprefix(f"{folder}/"), m) for p, m in METHODS if p.startswith(folder)],
            keywords=KEYWORDS,
        )
        for name, _line, message, comments, context in found:
            catalog.add(message, None, [(f"{folder}/{name}", 0)], auto_comments=comments, context=context)
    return catalog


def read(language: str) -> Catalog:
    with (LOCALES / language / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return pofile.read_po(file, locale=language)


def update(language: str) -> int:
    """Write the language's catalog anew; how many messages are not translated."""
    path = LOCALES / language / "LC_MESSAGES" / "messages.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    catalog = read(language) if path.exists() else Catalog(locale=language, fuzzy=False)
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.creation_date = FIRST  # the same strings are the same file, whenever it is written
    catalog.header_comment = f"# Ferag Portal: {Locale.parse(language).english_name}"
    catalog.obsolete.clear()
    missing = 0
    for message in catalog:
        if not message.id:
            continue
        if language == "en":
            message.string = message.id
        texts = message.string if isinstance(message.string, tuple | list) else [message.string]
        missing += not all(texts)
    with path.open("wb") as file:
        pofile.write_po(file, catalog, width=110, sort_output=True, no_location=True)
    return missing


def main() -> int:
    missing = {language: update(language) for language in ("en", "ru")}
    for language, many in missing.items():
        sys.stdout.write(f"{language}: {many} messages without a translation\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
