"""A TCP proxy on loopback that loses answers: what a broken network does to a publisher."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Proxy:
    """Passes requests on, but for those with `marked` in their first line: while `refuse` is set they
    never arrive, while `lose` is set their answers are dropped."""

    target: int
    marked: bytes = b"/update"
    lose: threading.Event = field(default_factory=threading.Event)
    refuse: threading.Event = field(default_factory=threading.Event)
    lost: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # closed: the end
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._pass, args=(client,), daemon=True).start()

    def _pass(self, client: socket.socket) -> None:
        to = ("127.0.0.1", self.target)
        with client, contextlib.suppress(OSError), socket.create_connection(to) as server:
            request = client.recv(65536)
            marked = self.marked in request.split(b"\r\n", 1)[0]
            if marked and self.refuse.is_set():
                return
            server.sendall(request)
            threading.Thread(target=self._copy, args=(client, server), daemon=True).start()
            while answer := server.recv(65536):
                if marked and self.lose.is_set():
                    self.lost += 1
                    break  # the store has answered; nobody hears it
                client.sendall(answer)
            # a close alone waits for the other thread's recv
            client.shutdown(socket.SHUT_RDWR)
            server.shutdown(socket.SHUT_RDWR)

    @staticmethod
    def _copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextlib.contextmanager
def lossy(target: int) -> Iterator[Proxy]:
    """A proxy before a server's port."""
    proxy = Proxy(target)
    proxy.serve()
    try:
        yield proxy
    finally:
        proxy.close()
