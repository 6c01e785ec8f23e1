"""`sigdesk convert`: signals of any readable format as files that other programs read."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click
from msgspec import Struct, field

from sigdesk.cli.options import home_option
from sigdesk.cli.reading import Reader
from sigdesk.errors import RecordingError, SigDeskError
from sigdesk.signals import Recording
from sigdesk.signals.discovery import signal_files
from sigdesk.signals.export import KINDS, choose, save, target_name

EXIT_SOME_FAILED = 1


class _Conversion(Struct):
    """What is asked for, and the targets of this run, so that no signal overwrites another's."""

    kind: str
    folder: Path | None
    start: float | None
    stop: float | None
    channels: tuple[str, ...]
    force: bool
    written: set[Path] = field(default_factory=set)

    def run(self, recording: Recording) -> Path:
        """Write one signal; gives its file. Raises RecordingError."""
        target = (self.folder or recording.path.parent) / target_name(recording, self.kind)
        if target in self.written:
            raise RecordingError(
                f"{target.name} was written in this run already, from another file.",
                "Convert files of the same name into folders of their own.",
            )
        if target.exists() and os.path.samefile(target, recording.path):  # noqa: PTH121
            raise RecordingError(
                f"{target.name} is the file that is read.", "Name another folder with --out, or another format."
            )
        save(choose(recording, self.start, self.stop, self.channels), target, self.kind, overwrite=self.force)
        self.written.add(target)
        return target


@click.command("convert")
@home_option()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--to", "kind", type=click.Choice(KINDS), required=True, help="The format to write.")
@click.option(
    "--out", "folder", type=click.Path(file_okay=False, path_type=Path), help="Where to; else beside the file."
)
@click.option("--start", type=float, metavar="S", help="From this time on (s, or sample number without a time).")
@click.option("--stop", type=float, metavar="S", help="Up to this time.")
@click.option("--channels", default="", metavar="NAMES", help="Only these channels, with commas between them.")
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def convert(
    files: tuple[Path, ...],
    kind: str,
    folder: Path | None,
    start: float | None,
    stop: float | None,
    channels: str,
    force: bool,
) -> None:
    """Write the signals in FILES (or all signal files in folders) in another format, and print each new file's name.

    A file with several signals becomes several files. Exits 0 when all were written, 1 when some were not.
    """
    names = tuple(name.strip() for name in channels.split(",") if name.strip())
    conversion = _Conversion(kind, folder, start, stop, names, force)
    reader = Reader()
    failed = False
    for path in files:
        for file in signal_files([path]):
            try:
                recordings = reader.open(file)
            except SigDeskError as error:
                failed = True
                click.echo(str(error), err=True)
                continue
            for recording in recordings:
                try:
                    click.echo(conversion.run(recording))
                except SigDeskError as error:
                    failed = True
                    click.echo(str(error), err=True)
    if failed:
        sys.exit(EXIT_SOME_FAILED)
