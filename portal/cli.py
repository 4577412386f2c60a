"""The command line, for operators and for measuring: `ferag --help`.

Exit codes: 0 it is done, 1 it could not be done and standard error says why, 2 it was asked wrongly.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from portal.errors import PortalError

MODES = ("auto", "local", "global", "hybrid", "naive", "mix", "bypass", "path", "sparql", "words")
ASK_MODES = (*MODES, "agent")
FORMATS = ("trig", "turtle", "nquads", "jsonld", "graphml", "csv", "csv-zip", "graphrag")


def main(arguments: Sequence[str] | None = None) -> int:
    given = _parser().parse_args(arguments)
    try:
        return _run(given)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads; nothing to say
        return 1
    except PortalError as e:
        sys.stderr.write(f"ferag: {e}\n")
        return 1
    except Exception as e:  # noqa: BLE001  # never a traceback at people
        from kg.errors import KgError

        if isinstance(e, KgError | OSError):
            sys.stderr.write(f"ferag: {e}\n")
            return 1
        return _unexpected(e)


def _unexpected(error: Exception) -> int:
    """A defect of ours: one sentence, and what to look at when it is reported."""
    import traceback

    if os.environ.get("FERAG_LOG_LEVEL") == "debug":
        traceback.print_exception(error)
    where = traceback.extract_tb(error.__traceback__)[-1]
    sys.stderr.write(
        f"ferag: unexpected {type(error).__name__}: {error} ({Path(where.filename).name}:{where.lineno}). "
        "FERAG_LOG_LEVEL=debug shows more.\n"
    )
    return 1


def _run(given: argparse.Namespace) -> int:
    from portal import logs, settings, tracing
    from portal.commands.common import Caller, say

    chosen = settings.read()
    if given.command == "up":
        from portal.embedded.supervisor import up

        logs.configure(chosen.log_level, chosen.log_format)
        up(chosen, say)
        return 0
    if given.command == "worker":
        os.execv(sys.executable, [sys.executable, "-m", "jobs.worker", "--queue", given.queue])  # noqa: S606
    from portal.embedded.running import running

    logs.configure("debug" if chosen.log_level == "debug" else "error", chosen.log_format)
    tracing.configure(chosen, "cli")
    caller = Caller(email=given.acting, json=given.json)
    with running(chosen) as parts:
        code: int = _command(given)(parts, caller)
        return code


def _command(given: argparse.Namespace) -> Callable[..., int]:
    """The command's function of `portal.commands` with its arguments; only its own module is loaded."""
    commands: dict[str, Callable[[], tuple[Any, ...]]] = {
        "check": lambda: ("check", "check"),
        "user": lambda: (
            ("people", "password_link", given.email)
            if given.what == "link"
            else ("people", "create_user", given.email, given.admin, _password(given))
        ),
        "rag": lambda: ("people", "create_rag", given.name, given.owner),
        "ingest": lambda: (
            *("documents", "ingest", given.rag, given.paths, given.wait, given.budget, given.web),
        ),
        "watch": lambda: ("watch", "watch", given.rag, given.folder),
        "estimate": lambda: ("estimates", "estimate", given.rag, given.paths),
        "import-graphrag": lambda: ("documents", "import_graphrag", given.rag, given.folder, given.wait),
        "import-rdf": lambda: ("linked_data", "import_rdf", given.rag, given.files, given.wait),
        "retry": lambda: ("documents", "retry", given.rag, given.cycle, given.budget, given.wait),
        "changes": lambda: ("review", "changes", given.rag, given.cycle),
        "approve": lambda: ("review", "approve", given.rag, given.cycle, given.all),
        "reject": lambda: ("review", "reject", given.rag, given.cycle, given.reason),
        "rollback": lambda: ("review", "rollback", given.rag, given.to),
        "ask": lambda: ("questions", "ask", given.rag, given.question, _options(given), given.document),
        "retrieve": lambda: (
            *("questions", "retrieve", given.rag, given.questions, _options(given), given.document),
        ),
        "export": lambda: ("data", "export", given.rag, given.format, given.out, given.version),
        "reindex": lambda: ("data", "reindex", given.rag),
        "mcp": lambda: ("assistants", "mcp"),
        "backup": lambda: ("backups", "backup", given.file),
        "restore": lambda: ("backups", "restore", given.file, not given.without_secrets),
    }
    module, name, *arguments = commands[given.command]()
    run = getattr(importlib.import_module(f"portal.commands.{module}"), name)
    return lambda parts, caller: run(parts, caller, *arguments)


def _password(given: argparse.Namespace) -> str:
    return sys.stdin.readline().rstrip("\n") if given.password_stdin else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ferag", description="Ferag Portal: documents in, reviewed facts, cited answers out."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, rag: bool = False, cycle: bool = False) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=text, description=text)
        _common(made)
        if rag:
            made.add_argument("--rag", required=True, metavar="NAME", help="the knowledge base")
        if cycle:
            made.add_argument("--cycle", required=True, type=int, metavar="N")
        return made

    command("up", "run the portal on this machine: parts, workers, web application")
    command("check", "which database, store, queue and models are in use, and whether each answers")
    worker = command("worker", "run one worker (servers; `up` runs its own)")
    worker.add_argument("--queue", choices=("ferag", "ferag-quick"), default="ferag")

    user = command("user", "create a user; or make a link with which one sets a new password")
    user.add_argument("what", choices=("create", "link"))
    user.add_argument("email", metavar="EMAIL")
    user.add_argument("--admin", action="store_true")
    user.add_argument("--password-stdin", action="store_true", help="read it from the first line of input")

    rag = command("rag", "create a knowledge base")
    rag.add_argument("what", choices=("create",))
    rag.add_argument("name", metavar="NAME")
    rag.add_argument("--owner", required=True, metavar="EMAIL")

    _reading(command)
    watch = command("watch", "take in what is put into a folder, until ended", rag=True)
    watch.add_argument("folder", type=Path, metavar="DIR")

    command("changes", "the changes that a cycle proposes", rag=True, cycle=True)
    approve = command("approve", "publish what has been accepted", rag=True, cycle=True)
    approve.add_argument("--all", action="store_true", help="first accept everything undecided")
    reject = command("reject", "turn a whole cycle down", rag=True, cycle=True)
    reject.add_argument("--reason", default="")
    rollback = command("rollback", "publish a version that is as an earlier one was", rag=True)
    rollback.add_argument("--to", required=True, type=int, metavar="VERSION")

    ask = command("ask", "ask a question", rag=True)
    ask.add_argument("question", metavar="QUESTION")
    ask.add_argument("--staged", type=int, metavar="CYCLE", help="as if this cycle were approved")
    _asking(ask, ASK_MODES)
    retrieve = command("retrieve", "what each question of a file finds, ranked", rag=True)
    retrieve.add_argument("--questions", required=True, type=Path, metavar="FILE.jsonl")
    _asking(retrieve, MODES)

    _keeping(command)
    return parser


def _asking(command: argparse.ArgumentParser, modes: Sequence[str]) -> None:
    """How to look; what is not given is as `portal.options.Options` has it."""
    add = command.add_argument
    add("--mode", choices=modes, default="auto")
    add("--top", type=int, dest="top_k", metavar="K", help="passages at most")
    add("--hops", type=int, metavar="N", help="how far from what the question names, 0 to 4")
    add("--tokens", type=int, dest="budget", metavar="N", help="of facts and passages together, at most")
    add("--document", action="append", metavar="NAME", help="only this document; may be given again")
    add("--version", type=int, metavar="N", help="as of this version")


def _options(given: argparse.Namespace) -> dict[str, object]:
    """Those that were given, as keywords of `Options`."""
    names = ("mode", "top_k", "hops", "budget", "version", "staged")
    return {n: v for n in names if (v := getattr(given, n, None)) is not None}


def _keeping(command: Callable[..., argparse.ArgumentParser]) -> None:
    """What takes data out and in as a whole."""
    export = command("export", "write the approved graph to a file", rag=True)
    export.add_argument("--format", choices=FORMATS, default="trig")
    export.add_argument("--out", default="-", metavar="FILE")
    export.add_argument("--version", type=int, metavar="N", help="an earlier version")
    command("reindex", "build the retrieval index anew", rag=True)

    command("mcp", "the tools of an assistant (Model Context Protocol) over standard input and output")

    backup = command("backup", "everything into one file, its secrets into another beside it")
    restore = command("restore", "a backup into an empty installation")
    for one in (backup, restore):
        one.add_argument("file", type=Path, metavar="FILE")
    restore.add_argument(
        "--without-secrets", action="store_true", help="without FILE.secrets: nobody's password is restored"
    )


def _reading(command: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands that begin or go on with a cycle."""
    ingest = command("ingest", "upload files as one cycle", rag=True)
    ingest.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    ingest.add_argument(
        "--web", metavar="ADDRESS", default="", help="instead of files, a page of an allowed site"
    )
    ingest.add_argument(
        "--budget", type=int, metavar="TOKENS", help="that a model may use for it; 0: no limit"
    )
    expect = command("estimate", "what a language model would take to read files", rag=True)
    expect.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    tables = command(
        "import-graphrag", "begin a cycle from an output folder of MS GraphRAG, or a zip of one", rag=True
    )
    tables.add_argument("folder", type=Path, metavar="DIR")
    linked = command("import-rdf", "begin a cycle from an ontology, a SKOS list or a graph in RDF", rag=True)
    linked.add_argument("files", nargs="+", type=Path, metavar="FILE")
    retry = command("retry", "go on with a failed, cancelled or paused cycle", rag=True, cycle=True)
    retry.add_argument(
        "--budget", type=int, metavar="TOKENS", help="that a model may use for this cycle; 0: no limit"
    )
    for one in (ingest, tables, linked, retry):
        one.add_argument("--wait", action="store_true", help="until the change set is there")


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON, one value or one per line")
    parser.add_argument(
        "--as", dest="acting", default="", metavar="EMAIL", help="who acts (default: the first admin)"
    )


if __name__ == "__main__":
    sys.exit(main())
