"""What a model file says of itself, as one line of JSON: `python -m sigdesk.classifiers.inspect FILE`.

A process of its own, as it loads scikit-learn. A pickle is not opened: to look into it is to run it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import orjson

from sigdesk.classifiers.manifest import FileFormat
from sigdesk.classifiers.manifest_parser import FORMAT_OF_SUFFIX
from sigdesk.classifiers.model_file import load_skops
from sigdesk.errors import ModelError


def inspect(path: Path) -> dict[str, Any]:
    """The classes of a skops file, in the model's order; nothing for other formats. Raises ModelError, OSError."""
    if FORMAT_OF_SUFFIX.get(path.suffix.lower()) is not FileFormat.SKOPS:
        return {}
    model = load_skops(path.read_bytes(), path.name)
    if not hasattr(model, "classes_"):
        raise ModelError(f"{path.name} holds a {type(model).__name__}, which is no trained classifier.")
    return {"classes": [str(name) for name in model.classes_]}


def main() -> int:
    """Print what is known, or on standard error why nothing is."""
    try:
        print(orjson.dumps(inspect(Path(sys.argv[1]))).decode())
    except (ModelError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
