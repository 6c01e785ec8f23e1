"""One window a home: a second one hands its files over to the first, which comes to the front.

Who holds the lock in the home is the first; the socket only carries what is to be opened. A socket that a killed
window has left is taken over by the next holder of the lock.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from sigdesk.pool.file_lock import FileLock

_CONNECT_S: Final = 5.0
_ANSWER_MS: Final = 15_000
_MOST_BYTES: Final = 64 * 1024 * 1024
_TAKEN: Final = b"taken\n"


class FirstWindow(QObject):
    """Listens for later windows of the same home. `called` carries the files that one of them was to open."""

    called = Signal(object)

    def __init__(self, home: Path, lock: FileLock) -> None:
        super().__init__()
        self._lock = lock
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)
        self.socket_name = _socket_name(home)
        QLocalServer.removeServer(self.socket_name)
        self._server.listen(self.socket_name)  # where no socket can be made, a second window opens beside this one

    def close(self) -> None:
        """Listen no more; the next window of this home is the first."""
        self._server.close()
        self._lock.release()

    def _on_new_connection(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            _Call(socket, self)


class _Call(QObject):
    """One later window's message, until it is whole."""

    def __init__(self, socket: QLocalSocket, first: FirstWindow) -> None:
        super().__init__(socket)
        self._socket = socket
        self._first = first
        self._heard = b""
        socket.readyRead.connect(self._on_ready_read)
        socket.disconnected.connect(socket.deleteLater)
        self._on_ready_read()

    def _on_ready_read(self) -> None:
        self._heard += bytes(self._socket.readAll().data())
        if not self._heard.endswith(b"\n"):
            if len(self._heard) > _MOST_BYTES:
                self._socket.abort()
            return
        try:
            files = [Path(name) for name in json.loads(self._heard)]
        except (ValueError, TypeError):  # it is no SigDesk that calls
            self._socket.abort()
            return
        self._heard = b""
        self._socket.write(_TAKEN)
        self._socket.flush()
        self._first.called.emit(files)


def claim(home: Path) -> FirstWindow | None:
    """Become the first window of a home; None where another one is. Raises OSError when the home cannot be used."""
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock.take(home / "window.lock")
    return None if lock is None else FirstWindow(home, lock)


def hand_over(home: Path, files: Sequence[Path], *, wait: bool = True) -> bool:
    """Have the first window of a home come to the front and open these files; whether it has said that it will. With
    `wait` there is one, which may not have its socket yet."""
    socket = QLocalSocket()
    end = time.monotonic() + (_CONNECT_S if wait else 0.0)
    while True:
        socket.connectToServer(_socket_name(home))
        if socket.waitForConnected(500):
            break
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    socket.write(json.dumps([str(path.absolute()) for path in files]).encode() + b"\n")
    heard = socket.waitForReadyRead(_ANSWER_MS) and bytes(socket.readAll().data()) == _TAKEN
    socket.disconnectFromServer()
    return heard


def _socket_name(home: Path) -> str:
    """Different for each home and each user of this machine, and short enough for any system."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    digest = hashlib.sha256(os.fsencode(home.resolve())).hexdigest()[:24]
    return f"sigdesk-{user}-{digest}"
