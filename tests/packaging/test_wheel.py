"""A real wheel, built and installed as a user would, and what the tracked files may not say."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

import webapp

ROOT = Path(__file__).parents[2]
STAMPED_FILES = ("package-lock.json", "hatch_build.py")


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command} failed:\n{done.stdout}{done.stderr}"
    return done.stdout


def project_files() -> list[Path]:
    """The files that git tracks or would track, relative to the root."""
    names = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT).split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy without the browser libraries, so the build has to fetch them."""
    checkout = tmp_path_factory.mktemp("checkout")
    for file in project_files():
        (checkout / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, checkout / file)
    assert not (checkout / "static" / "vendor").exists()

    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--wheel-dir", dist, checkout, cwd=dist)
    [made] = dist.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of a virtual environment that has the wheel, and borrows its dependencies from ours."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel, cwd=folder)

    site_packages = run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    (Path(site_packages) / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return folder / "bin"


@pytest.mark.packaging
def test_the_wheel_carries_all_that_the_server_needs(wheel: Path) -> None:
    expected = {
        Path("webapp", file) if file.parts[0] in ("static", "templates") else file
        for file in project_files()
        if file.parts[0] in ("engine", "webapp", "static", "templates")
    }
    vendored = ("socket.io-client.js", "d3-selection.js", "gifenc.js", "LICENSES.txt", ".stamp")
    expected |= {Path("webapp/static/vendor", name) for name in vendored}

    with zipfile.ZipFile(wheel) as archive:
        carried = {Path(name) for name in archive.namelist()}
        stamp = archive.read("webapp/static/vendor/.stamp").decode()
        libraries = [archive.read(f"webapp/static/vendor/{name}") for name in vendored[:3]]

    carried = {file for file in carried if not file.parts[0].endswith(".dist-info")}
    assert carried == expected
    assert all(b"export{" in library for library in libraries)
    assert stamp == hashlib.sha256(b"".join((ROOT / n).read_bytes() for n in STAMPED_FILES)).hexdigest()


@pytest.mark.packaging
def test_the_installed_program_runs_from_anywhere(installed: Path, tmp_path: Path) -> None:
    assert webapp.__version__ in run(installed / "quorumscope", "--version", cwd=tmp_path)


@pytest.mark.packaging
def test_the_installed_application_finds_its_pages(installed: Path, tmp_path: Path) -> None:
    code = "import webapp.app; from webapp.paths import *; print(STATIC, TEMPLATES, sep='\\n')"
    folders = [Path(line) for line in run(installed / "python", "-c", code, cwd=tmp_path).splitlines()]

    assert [folder.name for folder in folders] == ["static", "templates"]
    for folder in folders:
        assert folder.is_dir()
        assert folder.parent.name == "webapp"
        assert folder.is_relative_to(installed.parent)
        assert "site-packages" in folder.parts


def test_no_file_names_a_registry_or_a_path_of_this_machine() -> None:
    hosts = ["registry." + "npmjs", "npmjs" + ".com", "pypi" + ".org", "pythonhosted" + ".org", "debian" + ".org"]
    homes = r"(?<![\w./-])/(?:home|root|Users|work)/"
    forbidden = re.compile("|".join([*map(re.escape, [*hosts, f"{ROOT}/"]), homes]))

    found = [
        f"{file}:{number}: {line.strip()[:100]}"
        for file in project_files()
        for number, line in enumerate((ROOT / file).read_text(errors="replace").splitlines(), 1)
        if forbidden.search(line)
    ]
    assert found == []


def test_every_locked_npm_package_has_its_hash_and_no_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    packages = {name: package for name, package in lock["packages"].items() if name}

    assert [name for name, package in packages.items() if "integrity" not in package] == []
    assert [name for name, package in packages.items() if "resolved" in package] == []


def test_npm_packages_are_asked_for_by_exact_version() -> None:
    package = json.loads((ROOT / "package.json").read_text())
    versions = package["dependencies"] | package["devDependencies"]

    assert [name for name, version in versions.items() if not re.fullmatch(r"[\d.]+", version)] == []
