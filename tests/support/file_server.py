"""A web server on the loopback interface that serves files well, or badly in a chosen way."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<!DOCTYPE html><html><body>Please sign in to this network.</body></html>"


class FileServer:
    """What the server holds, what it does to whom, and what it was asked.

    The first folder of an address names the behavior: ``/good/NAME`` serves the file, with ranges;
    ``norange``, ``missing``, ``broken``, ``stall``, ``cut``, ``chunks``, ``stop``, ``page``, ``moved``,
    ``longer``, ``wrong`` and ``silent`` are the methods of `Handler` below.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[tuple[str, str | None]] = []
        self.release = threading.Event()
        self.port = 0

    def url(self, behavior: str) -> str:
        """Address of a mirror that behaves like this."""
        return f"http://127.0.0.1:{self.port}/{behavior}/"

    def behaviors(self) -> list[str]:
        """Behaviors that were asked for, in order."""
        return [path.split("/")[1] for path, _ in self.asked]


@contextmanager
def file_server() -> Iterator[FileServer]:
    """Start a server, and end it and its thread."""
    state = FileServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            pass

        def do_GET(self) -> None:
            _, behavior, name = self.path.split("/")
            state.asked.append((self.path, self.headers.get("Range")))
            data = state.files.get(name)
            if data is None:
                self.missing(b"")
            else:
                getattr(self, behavior)(data)

        def answer(self, code: int, data: bytes, announced: int | None = None, **headers: str) -> None:
            self.send_response(code)
            self.send_header("Content-Length", str(len(data) if announced is None else announced))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()

        def good(self, data: bytes) -> None:
            wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range") or "")
            if wanted is None:
                self.answer(200, data)
            elif int(wanted[1]) >= len(data):
                self.answer(416, b"")
            else:
                start, last = int(wanted[1]), len(data) - 1
                self.answer(206, data[start:], Content_Range=f"bytes {start}-{last}/{last + 1}")

        def norange(self, data: bytes) -> None:
            self.answer(200, data)

        def missing(self, _: bytes) -> None:
            self.answer(404, PAGE, Content_Type="text/html")

        def broken(self, _: bytes) -> None:
            self.answer(500, b"")

        def stall(self, data: bytes) -> None:
            """Send half, then nothing."""
            self.close_connection = True
            self.answer(200, data[: len(data) // 2], len(data))
            state.release.wait(30)

        def silent(self, _: bytes) -> None:
            """Take the request and say nothing."""
            self.close_connection = True
            state.release.wait(30)

        def cut(self, data: bytes) -> None:
            """Break off in the middle the first time; serve the rest when asked for it."""
            self.close_connection = True
            if self.headers.get("Range"):
                self.good(data)
            else:
                self.answer(200, data[: len(data) // 2], len(data))

        def chunks(self, data: bytes) -> None:
            """Break off within a chunk, of which nobody knows how many there are."""
            self.close_connection = True
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"%x\r\n" % len(data) + data[: len(data) // 2])

        def stop(self, data: bytes) -> None:
            """Send half and say that this is all."""
            self.answer(200, data[: len(data) // 2])

        def page(self, _: bytes) -> None:
            self.answer(200, PAGE, Content_Type="application/octet-stream")

        def moved(self, _: bytes) -> None:
            self.answer(302, b"", Location=self.path.replace("/moved/", "/good/"))

        def longer(self, data: bytes) -> None:
            self.answer(200, data + data)

        def wrong(self, data: bytes) -> None:
            self.answer(200, data[:-1] + bytes([data[-1] ^ 1]))

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = True

        def handle_error(self, *_: object) -> None:
            pass  # clients that leave early

    with Server(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield state
        finally:
            state.release.set()
            server.shutdown()
            thread.join()
