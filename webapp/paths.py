"""Where the pages' files are: beside the packages in a checkout, inside this one in a wheel."""

from pathlib import Path

_HERE = Path(__file__).parent
_ROOT = _HERE if (_HERE / "static").is_dir() else _HERE.parent

STATIC = _ROOT / "static"
TEMPLATES = _ROOT / "templates"
