"""Both languages complete: every string that people see is in the catalogs, and the catalogs are whole."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages import Catalog, Message

from portal import i18n
from portal.locales.__main__ import extracted, read
from portal.messages import MESSAGES

HOUSE = Path(__file__).parents[2]
DRAWN = sorted([*(HOUSE / "pages").glob("*.py"), *(HOUSE / "portal" / "ui").glob("*.py")])
TEMPLATES = sorted((HOUSE / "portal" / "templates").glob("*.html"))
LETTERS = re.compile(r"[A-Za-zА-Яа-яЁё]{2,}")
# names that are the same everywhere
SAME = re.compile(r"Ferag Portal|TriG|N-Quads")
# arguments that people read
READ = frozenset({"label", "help", "placeholder", "text", "body", "title", "message"})
# what draws its first argument
DRAWS = frozenset(
    {
        *("title", "header", "subheader", "write", "caption", "text", "markdown", "heading", "empty"),
        *("info", "warning", "error", "success", "toast", "spinner", "status", "metric", "badge"),
        *("button", "form_submit_button", "download_button", "link_button", "page_link", "link"),
        *("checkbox", "toggle", "selectbox", "multiselect", "text_input", "text_area", "radio", "pills"),
        *("segmented_control", "popover", "expander", "file_uploader", "chat_input", "tabs", "dialog"),
    }
)


def visible(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Literals that are drawn as they stand."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute | ast.Name):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        page_first = ast.unparse(node.func).startswith("navigation.")  # the page, then the label
        shown = list(node.args[1:2] if page_first else node.args[:1]) if name in DRAWS else []
        if name == "empty":
            shown = list(node.args)
        if name in DRAWS:
            shown += [k.value for k in node.keywords if k.arg in READ]
        if name in ("fill", "show") and node.args:
            yield from ((node.lineno, text) for text in _between_tags(node.args[0]))
        for each in shown:
            yield from ((each.lineno, t) for t in _literals(each))


def _literals(node: ast.expr) -> Iterator[str]:
    """Literal text of an expression, not of the calls in it: those translate."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield from (t for v in values for t in _literals(v))
        case ast.IfExp(body=body, orelse=orelse):
            yield from (*_literals(body), *_literals(orelse))
        case ast.BinOp(left=left, right=right):
            yield from (*_literals(left), *_literals(right))
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            yield from (t for e in elements for t in _literals(e))


def _between_tags(node: ast.expr) -> Iterator[str]:
    for text in _literals(node):
        yield re.sub(r"<[^>]*>|\{\w*\}", " ", text)


@pytest.mark.parametrize("path", DRAWN, ids=lambda p: p.name)
def test_no_page_draws_a_text_outside_the_catalogs(path: Path) -> None:
    found = [
        f"{path.name}:{line}: {text!r}"
        for line, text in visible(ast.parse(path.read_text("utf-8")))
        if LETTERS.search(SAME.sub("", text)) and not text.startswith(":material/")
    ]
    assert not found


def test_the_rule_finds_what_it_is_for() -> None:
    bad = """
st.button("Press")
st.info(f"{n} things")
st.text_input(_("Name"), help="Your name")
html.show("<b>Hello {name}</b>", name=name)
st.error("No" if bad else _("Yes"))
"""
    assert len(list(visible(ast.parse(bad)))) >= 5
    good = (
        'st.button(_("Press"), key="press", icon=":material/add:")\nhtml.show("<b>{x}</b>", x=_("Hello"))\n'
    )
    assert not [t for _line, t in visible(ast.parse(good)) if LETTERS.search(t)]


@pytest.mark.parametrize("path", DRAWN, ids=lambda p: p.name)
def test_no_text_is_translated_inside_an_f_string(path: Path) -> None:
    """The extractor of Python 3.11 does not look there: such a text would stay in English."""
    found = [
        f"{path.name}:{call.lineno}"
        for text in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in ("_", "ngettext")
    ]
    assert not found


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda p: p.name)
def test_no_template_has_a_text_outside_the_catalogs(path: Path) -> None:
    text = re.sub(r"<style>.*?</style>|\{#.*?#\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
    text = re.sub(r"\{% block query %\}.*?\{% endblock %\}", " ", text)  # part of an address
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    attributes = re.findall(r'(?:aria-label|placeholder|title|alt|value)="([^"]*)"', text)
    plain = re.sub(r"<[^>]*>|&\w+;", " ", text)
    left = [t for t in (*attributes, plain) if LETTERS.search(SAME.sub("", t))]
    assert not left


@pytest.fixture(scope="module")
def source() -> Catalog:
    return extracted()


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_catalog_is_whole_and_up_to_date(source: Catalog, language: str) -> None:
    catalog = read(language)
    wanted = {_key(m) for m in source if m.id}
    kept = {_key(m): m for m in catalog if m.id}
    assert wanted - set(kept) == set(), "run `make messages` and translate what is new"
    assert set(kept) - wanted == set(), "run `make messages`"
    for message in kept.values():
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        assert all(forms), f"not translated: {message.id}"
        assert not message.fuzzy, f"not looked at: {message.id}"
        if message.pluralizable:
            assert len(forms) == catalog.num_plurals, f"plural forms missing: {message.id}"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_translation_keeps_the_places_for_values(language: str) -> None:
    for message in read(language):
        if not message.id:
            continue
        asked = {f for t in _texts(message.id) for f in _fields(t)}
        for text in _texts(message.string):
            assert _fields(text) <= asked, message.id
            if not message.pluralizable:
                assert _fields(text) == asked, message.id


def test_plural_forms_and_the_browsers_wish() -> None:
    i18n.use("ru")
    said = [i18n.ngettext("{n} document", "{n} documents", n).format(n=n) for n in (1, 2, 5, 21)]
    assert said == ["1 документ", "2 документа", "5 документов", "21 документ"]
    assert i18n.preferred("", "", "de-DE,ru-RU;q=0.8,en;q=0.5") == "ru"
    assert i18n.preferred("", "en", "ru") == "en"
    assert i18n.preferred("ru", "en", "en") == "ru"
    assert i18n.preferred("", "xx", "not a language, *") == "en"
    i18n.use("en")


def test_every_message_of_an_error_is_translated() -> None:
    i18n.use("ru")
    try:
        assert all(i18n.gettext(text) != text for text in MESSAGES.values())
    finally:
        i18n.use("en")


def _key(message: Message) -> tuple[str, ...]:
    return _texts(message.id)


def _texts(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def _fields(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}
