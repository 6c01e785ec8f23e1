"""Prints whatever the parameter `line` says."""

import json
import sys
from pathlib import Path

print(json.loads(Path(sys.argv[-1]).read_text(encoding="utf-8"))["params"]["line"])
