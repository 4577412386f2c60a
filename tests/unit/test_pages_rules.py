"""What pages may not do, read from their source."""

import ast
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGES = sorted(p for p in (HOUSE / "pages").glob("*.py") if p.stem != "__init__")
UI = sorted((HOUSE / "portal" / "ui").glob("*.py"))
GUARDS = frozenset({"enter", "visit", "enter_admin"})
STORES = (
    "sqlalchemy",
    "sqlmodel",
    "redis",
    "rq",
    "SPARQLWrapper",
    "lancedb",
    "pyoxigraph",
    "fsspec",
    "httpx",
)
SHOWS_STREAMLIT = frozenset({"asgi", "app", "navigation", "session"})


def imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def calls(tree: ast.AST) -> list[ast.Call]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.Call)]


def name(call: ast.Call) -> str:
    return ast.unparse(call.func)


@pytest.mark.parametrize("path", PAGES, ids=lambda p: p.stem)
def test_a_page_guards_itself_first_and_stays_short(path: Path) -> None:
    text = path.read_text("utf-8")
    assert 8 <= len(text.splitlines()) <= 60
    body = [n for n in ast.parse(text).body if not isinstance(n, ast.Import | ast.ImportFrom)]
    assert isinstance(body[0], ast.Expr)  # the docstring
    assert ast.get_docstring(ast.parse(text))
    first = body[1]
    assert isinstance(first, ast.Assign)
    assert isinstance(first.value, ast.Call)
    assert name(first.value) in GUARDS


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=lambda p: p.stem)
def test_nothing_that_draws_talks_to_a_store(path: Path) -> None:
    used = {m for m in imported(path) if m.split(".")[0] in STORES}
    if path.name == "words.py":
        used -= {"redis"}  # it knows the error of a queue that is down
    assert not used
    text = path.read_text("utf-8")
    assert "parts.session" not in text
    assert "parts.store" not in text
    assert "parts.redis" not in text


def test_only_the_shell_imports_streamlit() -> None:
    outside = [
        str(path.relative_to(HOUSE))
        for folder in ("portal", "kg", "jobs")
        for path in (HOUSE / folder).rglob("*.py")
        if any(m.split(".")[0] in ("streamlit", "streamlit_agraph") for m in imported(path))
        and not path.is_relative_to(HOUSE / "portal" / "ui")
        and not (path.parent == HOUSE / "portal" and path.stem in SHOWS_STREAMLIT)
    ]
    assert not outside


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=lambda p: p.stem)
def test_a_part_that_runs_alone_enters_anew(path: Path) -> None:
    """Fragments and dialogs do not pass through app.py: the first are made by `session.fragment`, the second
    call a guard inside."""
    tree = ast.parse(path.read_text("utf-8"))
    assert "st.fragment" not in [ast.unparse(n) for n in ast.walk(tree) if isinstance(n, ast.Attribute)]
    for function in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
        decorators = [ast.unparse(d) for d in function.decorator_list]
        if any(d.startswith("st.dialog") for d in decorators):
            assert any(name(c) in GUARDS for c in calls(function)), function.name


# a rerun enters the page anew; _entered and _deleted act; _turn opens what the page then asks for
ACTS = frozenset({"act", "changed", "_move", "'rerun'", "_entered", "_deleted", "_turn"})


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=lambda p: p.stem)
def test_a_click_acts_in_the_name_of_who_is_logged_in_now(path: Path) -> None:
    for call in calls(ast.parse(path.read_text("utf-8"))):
        for keyword in call.keywords:
            if keyword.arg in ("on_click", "on_change", "on_submit"):
                assert ast.unparse(keyword.value) in ACTS, ast.unparse(call)[:120]


@pytest.mark.parametrize("path", [*PAGES, *UI], ids=lambda p: p.stem)
def test_no_text_of_documents_becomes_markup(path: Path) -> None:
    """Markdown follows links and loads images; our HTML escapes what is put into it."""
    text = path.read_text("utf-8")
    assert "unsafe_allow" not in text
    assert "st.markdown" not in text
    for call in calls(ast.parse(text)):
        if name(call) in ("html.Markup", "Markup") and call.args:
            assert isinstance(call.args[0], ast.Constant) or path.name == "html.py", ast.unparse(call)
        if name(call) in ("html.fill", "html.show") and call.args:
            assert isinstance(call.args[0], ast.Constant | ast.Name), ast.unparse(call)[:120]
