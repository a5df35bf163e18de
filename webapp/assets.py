"""The static files: each at an address that changes with their content, so that a browser may keep them for good."""

import hashlib
import os
import re
from pathlib import Path

from flask import Flask, Response, g, send_from_directory, url_for
from flask_compress import Compress

# Import statements of modules; what stands in a comment does not begin a line.
_IMPORT = re.compile(r"""^(?:import(?:[\s\w*{},$]+from)?|export[\s\w*{},$]+from)\s*["']([^"']+)["']""", re.M)

PREFIX = "/static/"

_KEPT_S = 365 * 24 * 3600

# Streams of lines are not among these: each line must leave at once (webapp.lines).
_COMPRESSED = ("text/html", "text/css", "text/javascript", "application/json", "image/svg+xml", "text/plain")


class Assets:
    """The files of a folder. What is worked out about them is kept until a file changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._seen: tuple[tuple[str, int, int], ...] = ()
        self._version = ""
        self._modules: dict[str, list[str]] = {}

    def version(self) -> str:
        """Names what all files hold: other content, another name."""
        self._look()
        return self._version

    def modules(self, entry: str) -> list[str]:
        """The module ``entry`` and all that it imports, and so on, as paths in the folder."""
        self._look()
        if entry not in self._modules:
            self._modules[entry] = self._imported(entry)
        return self._modules[entry]

    def libraries(self) -> dict[str, str]:
        """The modules that ours import by name, and their files: what the installation has put into ``vendor``."""
        self._look()
        files = (name for name, _, _ in self._seen if name.startswith("vendor/") and name.endswith(".js"))
        return {name.removeprefix("vendor/").removesuffix(".js"): name for name in files}

    def has(self, name: str) -> bool:
        """Whether this is how a file's path in the folder is written."""
        self._look()
        return any(name == seen for seen, _, _ in self._seen)

    def _look(self) -> None:
        seen = tuple(_stamps(str(self._folder), ""))
        if seen != self._seen:
            content = hashlib.sha256()
            for name, _, _ in seen:
                content.update(name.encode() + b"\0" + (self._folder / name).read_bytes() + b"\0")
            self._seen, self._version, self._modules = seen, content.hexdigest()[:12], {}

    def _imported(self, entry: str) -> list[str]:
        found: list[str] = []
        left, libraries = [entry], self.libraries()
        while left:
            name = left.pop(0)
            file = self._folder / name
            if name in found or not file.is_file():
                continue
            found.append(name)
            for target in _IMPORT.findall(file.read_text(encoding="utf-8")):
                if target.startswith("."):
                    left.append(os.path.normpath(Path(name).parent / target))
                elif target in libraries:
                    left.append(libraries[target])
        return found


def _stamps(folder: str, prefix: str) -> list[tuple[str, int, int]]:
    """Path, time of change and size of every file below."""
    found: list[tuple[str, int, int]] = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.is_dir():
                found += _stamps(entry.path, f"{prefix}{entry.name}/")
            else:
                status = entry.stat()
                found.append((prefix + entry.name, status.st_mtime_ns, status.st_size))
    return found


def serve_assets(app: Flask, folder: Path) -> None:
    """Serve the folder as the endpoint ``static``, and compress what is worth it."""
    assets = Assets(folder)

    def present() -> str:
        """The version, looked up once for each request: a page names very many files."""
        if "assets_version" not in g:
            g.assets_version = assets.version()
        found: str = g.assets_version
        return found

    def static(version: str, filename: str) -> Response:
        response = send_from_directory(folder, filename, conditional=False)
        # It is compressed as a whole, and kept (webapp.ready).
        response.direct_passthrough = False
        response.set_data(response.get_data())
        if version == present():
            response.cache_control.public = True
            response.cache_control.max_age = _KEPT_S
            response.cache_control.immutable = True
        else:
            response.cache_control.no_cache = True
        return response

    app.add_url_rule(f"{PREFIX}<version>/<path:filename>", endpoint="static", view_func=static)

    @app.url_defaults
    def add_version(endpoint: str, values: dict[str, object]) -> None:
        if endpoint == "static":
            values.setdefault("version", present())

    @app.context_processor
    def add_libraries() -> dict[str, dict[str, str]]:
        return {"libraries": {name: url_for("static", filename=file) for name, file in assets.libraries().items()}}

    app.extensions["assets"] = assets
    app.config |= {
        "COMPRESS_MIMETYPES": list(_COMPRESSED),
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        "COMPRESS_BR_LEVEL": 5,
    }
    Compress(app)
