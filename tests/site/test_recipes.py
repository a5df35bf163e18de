"""The recipes are true: each is tried as it stands, or at least read by the tool that reads it in earnest."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.services import program
from tests.site.recipes import RECIPES, put
from tests.site.recipes import settings as recipe_settings
from webapp.settings import TABLE, from_environment

VARIABLES = {setting.variable for setting in TABLE}
# What is no setting of ours, where a recipe has it.
OTHERS = {"PYTHONUNBUFFERED", "POSTGRES_USER", "POSTGRES_PASSWORD"}
# What compose puts in place of what it is told outside of the file.
FILLED = {"QUORUMSCOPE_SITE": "https://q.example.org", "DATABASE_URL": "postgresql://quorumscope:pw@database:5432/q"}
UNITS = ("quorumscope.service", "quorumscope@.service")


def test_every_setting_of_a_recipe_is_one() -> None:
    named = 0
    for file in RECIPES.rglob("*"):
        if file.suffix in (".env", ".service") or file.name == "Dockerfile":
            text = file.read_text()
            found = set(re.findall(r"^(?:Environment=|ENV | {4})?([A-Z][A-Z_]{3,})=", text, re.M))
            assert found <= VARIABLES | OTHERS, file
            named += len(found)
    assert named > 15


@pytest.mark.parametrize("files", ["quorumscope", "workers worker-a", "workers worker-b"])
def test_the_settings_of_the_units_are_taken(files: str) -> None:
    given: dict[str, str] = {}
    for file in files.split():
        given |= recipe_settings(f"{file}.env", {})
    settings = from_environment(given)
    assert (settings.site, settings.proxies, settings.host) == ("https://quorum.example.org", 1, "127.0.0.1")


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_units_and_finds_them_closed(unit: str, tmp_path: Path) -> None:
    text = (RECIPES / "systemd" / unit).read_text()
    # An instance of a template is called by its name.
    placed = tmp_path / unit.replace("@", "@a")
    placed.write_text(put(text, {"/opt/quorumscope/bin/quorumscope": program("true")}))
    verified = subprocess.run(
        [program("systemd-analyze"), "verify", str(placed)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")
    # From 0 to 10, least is best; systemd calls 2 "OK".
    weighed = subprocess.run(
        [program("systemd-analyze"), "security", "--offline=true", "--threshold=20", str(placed)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert weighed.returncode == 0, weighed.stdout[-2000:]


def test_the_units_differ_in_what_a_worker_is_alone() -> None:
    one, worker = (set((RECIPES / "systemd" / unit).read_text().splitlines()) for unit in UNITS)
    shared = {line for line in one if "=" in line and not line.startswith("#")}
    alike = {line for line in shared & worker if re.match(r"(Protect|Private|Restrict|SystemCall|Capab)", line)}
    assert len(alike) > 15
    assert {line for line in shared - worker if line.startswith(("Protect", "Private", "Restrict", "System"))} == set()


def test_the_dockerfile_has_no_fault_that_a_linter_knows() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run(
        [hadolint, "--no-color", RECIPES / "container" / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_made_of_files_that_there_are() -> None:
    root = RECIPES.parents[1]
    text = (RECIPES / "container" / "Dockerfile.dockerignore").read_text()
    for name in re.findall(r"^!/(.+)$", text, re.M):
        assert (root / name).exists(), name
    assert '"/opt/quorumscope/bin/quorumscope"' in (RECIPES / "container" / "Dockerfile").read_text()


def test_the_compose_file_is_one_and_fits_what_it_names() -> None:
    file = RECIPES / "container" / "compose.yaml"
    # The schema is the specification's own, as the tool brings it.
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    services = yaml.safe_load(file.read_text())["services"]
    for name, service in services.items():
        assert service.keys() & {"image", "build"}, name
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] == "service_healthy"
            # Our own image brings its health check with it.
            assert "healthcheck" in services[other] or services[other]["image"] == "quorumscope", other
        for volume in service.get("volumes", []):
            source = str(volume).split(":")[0]
            assert not source.startswith("../") or (file.parent / source).exists(), volume
    for worker, port in (("worker-a", 8001), ("worker-b", 8002)):
        given = services[worker]["environment"]
        assert set(given) <= VARIABLES
        filled = {name: FILLED.get(name, text) for name, text in given.items()}
        settings = from_environment(filled)
        assert (settings.worker, settings.port, settings.proxies) == (worker[-1], port, 1)
        assert f"server {worker}:{port} " in (RECIPES / "nginx" / "two-workers.conf").read_text()
    build = services["worker-a"]["build"]
    assert (file.parent / build["context"] / build["dockerfile"]).resolve() == RECIPES / "container" / "Dockerfile"


def test_every_recipe_is_in_the_index_and_is_there() -> None:
    index = (RECIPES / "README.md").read_text()
    linked = set(re.findall(r"\]\(([\w./@-]+)\)", index))
    for name in linked:
        assert (RECIPES / name).exists(), name
    files = {str(file.relative_to(RECIPES)) for file in RECIPES.rglob("*") if file.is_file()}
    assert files - linked - {"README.md", "container/Dockerfile.dockerignore"} == set()
    # What the tests put in place of it, whoever follows a recipe must be told to put in place too.
    for placeholder in ("quorum.example.org", "/etc/quorumscope/tls", "worker-a", "worker-b", "password"):
        assert placeholder in index, placeholder
    assert os.pathsep not in "".join(files)
