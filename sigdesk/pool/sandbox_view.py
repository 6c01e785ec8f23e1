"""What a script may read in a sandbox: the system's programs and libraries, the program that runs the script with the
installation that it belongs to, wherever that is, and the model's folder. Everything else is not there at all.

Interpreters stand in unusual places (an environment in a home folder, one of several versions behind a chain of links),
so links are followed one by one and made anew in the sandbox, and what stands at their ends is bound where it is.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from shutil import which
from typing import Final

_SYSTEM: Final = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store")
_SYSTEM_MORE: Final = ("/run/current-system", "/sys/devices/system/cpu")
_ETC: Final = (
    "alternatives", "fonts", "group", "java*", "ld.so.cache", "localtime", "mime.types", "nsswitch.conf", "os-release",
    "passwd", "perl", "php*", "R",
)  # fmt: skip
"""As little as works: each costs a start a seventh of a millisecond."""
_WIDE: Final = ("/", "/etc", "/home", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/srv", "/tmp", "/var")
"""Folders that are no program's installation, whatever stands in them."""
_PRIVATE: Final = (".local/share", ".config", ".cache")
_OF_PROGRAMS: Final = ("bin", "sbin", "shims")
_LIBRARY_VARIABLES: Final = (
    "PYTHONPATH", "LD_LIBRARY_PATH", "R_LIBS", "R_LIBS_USER", "R_LIBS_SITE", "JULIA_DEPOT_PATH", "PERL5LIB",
    "NODE_PATH", "RUBYLIB", "GEM_PATH", "CLASSPATH",
)  # fmt: skip
_MOST_LINKS: Final = 40


class View:
    """Collects what is to be seen; `arguments` says it to bubblewrap. `hidden` folders are seen in no case, not even
    where they stand inside of what is seen."""

    def __init__(self, home: str, hidden: Sequence[str]) -> None:
        self._home = home
        self._hidden = hidden
        self._trees: list[str] = []
        self._links: dict[str, str] = {}

    def see_system(self) -> None:
        """The system's programs, libraries, and the little of /etc that programs look for."""
        for name in (*_SYSTEM, *_SYSTEM_MORE):
            self._see(name)
        for pattern in _ETC:
            for found in Path("/etc").glob(pattern):
                self._see(str(found))

    def see_program(self, program: str, search: str | None) -> None:
        """A program with its installation, and that of its interpreter, which may be looked for on the path `search`.

        Raises OSError when its links lead in a circle.
        """
        place, real = self._see_links(program)
        for one in (real, place):  # the real one first: seen from a link it might be a program of no installation
            self._see_installation(one, search)
        interpreter = _interpreter(real, search)
        if interpreter and interpreter not in (program, real):
            self.see_program(interpreter, search)

    def see_libraries(self, environment: Mapping[str, str], package: str) -> None:
        """The folders that variables name as holding libraries, and Python's packages of this user alone; of the folder
        that SigDesk's own `package` stands in, no more than that."""
        for name in _LIBRARY_VARIABLES:
            for folder in environment.get(name, "").split(os.pathsep):
                if folder == str(Path(package).parent):
                    self._see(package)
                elif Path(folder).is_absolute() and not self._is_wide(folder):
                    self._see(folder)
        for packages in Path(self._home, ".local", "lib").glob("python3*/site-packages"):
            self._see(str(packages))

    def arguments(self, model_folder: str) -> list[str]:
        """Options that make all this readable, and the model's folder, where they are outside."""
        links, model = _walk(model_folder)
        made = []
        trees = [tree for tree in self._trees if not _inside(tree, model)]
        trees = [tree for tree in trees if not any(tree != other and _inside(tree, other) for other in trees)]
        for tree in sorted(trees):
            made += ["--ro-bind", tree, tree]
        closed = []
        for folder in (*self._hidden, str(Path(model).parent)):
            if any(folder != tree and _inside(folder, tree) for tree in trees) and Path(folder).is_dir():
                closed.append(folder)
                made += ["--tmpfs", folder]
        made += ["--ro-bind", model, model]
        for folder in closed:
            made += ["--remount-ro", folder]
        for place, target in (*self._links.items(), *links):
            if not any(_inside(place, tree) for tree in (*trees, model)):
                made += ["--symlink", target, place]
        return made

    def copy(self) -> View:
        """Another view that sees the same so far."""
        other = View(self._home, self._hidden)
        other._trees = list(self._trees)
        other._links = dict(self._links)
        return other

    def _see(self, path: str) -> str:
        """Bind what is at the end of a path, and make the links on the way; nothing where there is nothing."""
        _, real = self._see_links(path)
        if real not in self._trees and Path(real).exists():
            self._trees.append(real)
        return real

    def _see_links(self, path: str) -> tuple[str, str]:
        """Make the links on the way; the path with its folders resolved, and the one at the end of all links."""
        links, real = _walk(path)
        self._links |= dict(links)
        folder = _walk(str(Path(path).parent))[1]
        return f"{folder.rstrip('/')}/{Path(path).name}", real

    def _see_installation(self, program: str, search: str | None) -> None:
        """The folder that a program was installed to. A program of no installation of its own is seen alone."""
        if any(_inside(program, tree) for tree in self._trees):
            return
        folder = Path(program).parent
        prefix = folder.parent if folder.name in _OF_PROGRAMS else folder
        if folder.name not in _OF_PROGRAMS and not str(folder).startswith("/opt/"):
            self._see(program)
        elif not self._is_wide(str(prefix)):
            self._see(str(prefix))
            self._see_base(prefix / "pyvenv.cfg", search)
        else:
            self._see(program)

    def _see_base(self, config: Path, search: str | None) -> None:
        """The Python that a virtual environment was made from, which its configuration names."""
        if config.is_file():
            for line in config.read_text(encoding="utf-8", errors="surrogateescape").splitlines():
                name, _, value = line.partition("=")
                if name.strip() == "home" and value.strip():
                    self.see_program(f"{value.strip()}/python3", search)

    def _is_wide(self, folder: str) -> bool:
        """Whether more stands in a folder than one installation: a home, and what is above it or private in it."""
        return folder in _WIDE or any(_inside(f"{self._home}/{name}", folder) for name in _PRIVATE)


def _walk(path: str) -> tuple[list[tuple[str, str]], str]:
    """The links on the way to a path, as (place, target), and the path at the end of them. Raises OSError (ELOOP)."""
    links: list[tuple[str, str]] = []
    rest = path.split("/")[::-1]
    here = "/"
    while rest:
        part = rest.pop()
        if part == "..":
            here = str(Path(here).parent)
        elif part not in ("", "."):
            place = f"{here.rstrip('/')}/{part}"
            try:
                target = os.readlink(place)  # noqa: PTH115 - a Path would lose what ends in a slash
            except OSError:
                here = place
                continue
            if len(links) == _MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
            links.append((place, target))
            rest += target.split("/")[::-1]
            here = "/" if target.startswith("/") else here
    return links, here


def _inside(path: str, tree: str) -> bool:
    return path == tree or path.startswith(f"{tree.rstrip('/')}/")


def _interpreter(program: str, search: str | None) -> str | None:
    """The program that the first line of a script names, for `#!/usr/bin/env NAME` the one that it would find."""
    try:
        with open(program, "rb") as file:  # noqa: PTH123
            first = file.readline(256)
    except OSError:
        return None
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    if not words:
        return None
    if Path(words[0]).name != "env":
        return words[0]
    names = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
    return which(names[0], path=search) if names else None
