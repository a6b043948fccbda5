"""A small HTTP server for tests: a function that answers, on a free port of loopback."""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

__all__ = ["Ask", "Reply", "answer", "serve"]


@dataclass
class Ask:
    """A request."""

    method: str
    path: str
    """Without its escapes."""
    raw: str
    """As it came, with the query."""
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes
    status: int = 0
    """What was answered."""

    @property
    def token(self) -> str:
        """The token that it carries."""
        kind, _, value = self.headers.get("authorization", "").partition(" ")
        return value if kind.lower() in ("bearer", "token") else ""

    @property
    def json(self) -> Any:
        """Its body."""
        return json.loads(self.body) if self.body else None


@dataclass
class Reply:
    """An answer."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    kind: str = ""
    """How it goes wrong: `reset`, `truncated`, `slow`."""
    wait: float = 0.0
    stream: Iterator[bytes] | None = None
    """In place of the body: sent in chunks, for as long as somebody listens."""


def answer(value: Any = None, status: int = 200, **headers: str) -> Reply:
    """Return an answer in JSON."""
    body = b"" if value is None else json.dumps(value).encode()
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    kind = {"content-type": "application/json; charset=utf-8"} if body else {}
    return Reply(status, body, {**kind, **named})


@contextmanager
def serve(respond: Callable[[Ask], Reply]) -> Iterator[int]:
    """Answer by a function until the end of the block; yield the port."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def handle_one_request(self) -> None:
            with contextlib.suppress(ConnectionError, TimeoutError):
                super().handle_one_request()
                return
            self.close_connection = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            asked = Ask(
                method=self.command,
                path=unquote(parts.path),
                raw=self.path,
                query=dict(parse_qsl(parts.query, keep_blank_values=True)),
                headers={name.lower(): value for name, value in self.headers.items()},
                body=self._body(),
            )
            self._send(respond(asked), asked)

        do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                parts = []
                while size := int(self.rfile.readline().split(b";")[0], 16):
                    parts.append(self.rfile.read(size))
                    self.rfile.readline()
                self.rfile.readline()
                return b"".join(parts)
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _send(self, reply: Reply, asked: Ask) -> None:
            asked.status = reply.status
            if reply.wait:
                time.sleep(reply.wait)
            if reply.kind == "reset":
                hard = struct.pack("ii", 1, 0)
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, hard)
                self.close_connection = True
                self.connection.close()
                return
            head = [f"HTTP/1.1 {reply.status} Answer"]
            head += [f"{name}: {value}" for name, value in reply.headers.items()]
            if reply.stream is not None:
                head.append("transfer-encoding: chunked")
            elif "content-length" not in reply.headers and reply.status not in (204, 304):
                head.append(f"content-length: {len(reply.body)}")
            body = b"" if self.command == "HEAD" else reply.body
            if reply.kind == "truncated":
                body = body[: len(body) // 2]
                self.close_connection = True
            self.wfile.write("\r\n".join([*head, "", ""]).encode("latin-1") + body)
            for block in reply.stream or ():
                self.wfile.write(f"{len(block):x}\r\n".encode() + block + b"\r\n")
            if reply.stream is not None:
                self.wfile.write(b"0\r\n\r\n")

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: Any, client_address: Any) -> None:
            """Say nothing of clients that hang up."""

        def shutdown_request(self, request: Any) -> None:
            with contextlib.suppress(OSError):
                super().shutdown_request(request)

    server = Server(("127.0.0.1", 0), Handler)
    server.block_on_close = False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
