"""Stands between a program and PostgreSQL, counts what the program has run, and then lets go wrong
what is asked for. Nothing in the program knows of it.

A step is one statement on its way to the server, however many of them are sent at once. When it is
reached, the server runs it to its end and nothing behind it, its answer goes nowhere, and the fault
happens: the connection is cut, or something else is done first.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

SYNC = b"S\x00\x00\x00\x04"
READY = ord("Z")


def read_exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise ConnectionError("closed")
        data += piece
    return data


def read_message(connection: socket.socket) -> tuple[int, bytes]:
    """A message's type, and all of it."""
    head = read_exactly(connection, 5)
    (size,) = struct.unpack("!I", head[1:])
    return head[0], head + read_exactly(connection, size - 4)


@dataclass
class Proxy:
    """`fault` is asked with the number and text of each step, and is true where it is to happen;
    `before` is done then, before the connection is cut; or, where nothing is cut, before the step."""

    url: str
    fault: Callable[[int, str], bool] = lambda number, sql: False
    before: Callable[[], None] = lambda: None
    cuts: bool = True
    refuses: bool = False  # connections from now on
    tls: ssl.SSLContext | None = None  # towards the program
    steps: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        self.server = (parts.hostname, parts.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = parts._replace(
            netloc=f"{parts.username}:{parts.password}@127.0.0.1:{self.listener.getsockname()[1]}"
        ).geturl()
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self) -> None:
        self.listener.close()

    def accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.refuses:
                    client.close()
                    continue
                Link(self, client)


class Link:
    def __init__(self, proxy: Proxy, client: socket.socket) -> None:
        self.proxy, self.client = proxy, client
        self.server = socket.create_connection(proxy.server)
        for end in (self.client, self.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.muted = False
        self.is_ready = threading.Event()
        threading.Thread(target=self.guarded, args=(self.upwards,), daemon=True).start()

    def start_tls(self, context: ssl.SSLContext) -> None:
        """The program asks first, eight bytes, whether there is TLS."""
        read_exactly(self.client, 8)
        self.client.sendall(b"S")
        self.client = context.wrap_socket(self.client, server_side=True)

    def guarded(self, way: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            way()
        self.cut()

    def cut(self) -> None:
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def upwards(self) -> None:
        if self.proxy.tls:
            self.start_tls(self.proxy.tls)
        threading.Thread(target=self.guarded, args=(self.downwards,), daemon=True).start()
        head = read_exactly(self.client, 4)
        (size,) = struct.unpack("!I", head)
        self.server.sendall(head + read_exactly(self.client, size - 4))
        text = ""
        while True:
            kind, message = read_message(self.client)
            if kind == ord("P"):
                text = message[5:].split(b"\0")[1].decode()
            if kind == ord("Q"):
                text = message[5:-1].decode()
            if kind not in b"EQ":
                self.server.sendall(message)
                continue
            self.proxy.steps.append(text)
            if self.proxy.fault(len(self.proxy.steps), text):
                if self.proxy.cuts:
                    self.go_wrong(message)
                    return
                self.proxy.before()
            self.server.sendall(message)

    def go_wrong(self, message: bytes) -> None:
        self.muted = True
        self.is_ready.clear()
        self.server.sendall(message + (SYNC if message[0] == ord("E") else b""))
        self.is_ready.wait(30)
        self.proxy.before()
        self.cut()

    def downwards(self) -> None:
        while True:
            kind, message = read_message(self.server)
            if not self.muted:
                self.client.sendall(message)
            elif kind == READY:
                self.is_ready.set()
