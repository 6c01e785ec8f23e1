"""What the operator thinks of model files: which ones may run, which ones must not, by the hash of their bytes.

A file that is trusted is trusted as it is: one changed byte is another file. Kept as JSON below the operator's home.
"""

from __future__ import annotations

import enum
import getpass
import os
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson
from msgspec import Struct

from sigdesk.errors import ModelError

_FORMAT: Final = 1


class Decision(enum.Enum):
    TRUSTED = "trusted"
    BLOCKED = "blocked"


class TrustEntry(Struct, frozen=True):
    """One decision: about which bytes, where they stood, who decided and when (UTC, ISO 8601)."""

    sha256: str
    decision: Decision
    file: str
    who: str
    when: str


class TrustBook:
    """The decisions in a file. It is read anew for each look, as a command line may decide while a window is open."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[TrustEntry]:
        """All decisions, the oldest first. A book that cannot be read trusts nothing.

        Raises ModelError naming the file when it is there and damaged.
        """
        try:
            document = orjson.loads(self.path.read_bytes())
            return [_entry(values) for values in document["decisions"]]
        except FileNotFoundError:
            return []
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
            raise ModelError(
                f"{self.path}, which says which models you trust, cannot be read ({error}).",
                "Until it can, no model runs that needs your trust. Remove the file to decide anew.",
            ) from error

    def readable_entries(self) -> list[TrustEntry]:
        """The same; none where the book cannot be read, which is told where the models are looked for."""
        try:
            return self.entries()
        except ModelError:
            return []

    def decide(self, sha256: str, file: Path, decision: Decision) -> TrustEntry:
        """Enter a decision in place of an older one about the same bytes. Raises ModelError, OSError."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        entry = TrustEntry(sha256, decision, str(file), _user(), now)
        self._write([*(one for one in self.entries() if one.sha256 != sha256), entry])
        return entry

    def _write(self, entries: list[TrustEntry]) -> None:
        decisions = [
            {"sha256": one.sha256, "decision": one.decision.value, "file": one.file, "who": one.who, "when": one.when}
            for one in entries
        ]
        data = orjson.dumps({"version": _FORMAT, "decisions": decisions}, option=orjson.OPT_INDENT_2)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_name(f".{self.path.name}-{uuid.uuid4().hex[:8]}")
        try:
            with draft.open("xb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self.path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise


def _entry(values: dict[str, Any]) -> TrustEntry:
    texts = [str(values[key]) for key in ("sha256", "file", "who", "when")]
    return TrustEntry(texts[0], Decision(values["decision"]), *texts[1:])


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"
