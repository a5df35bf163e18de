"""The recipes of the docs, put in place with other ports, paths and names than the files have."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.services import program

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"


def put(text: str, instead: Mapping[str, str]) -> str:
    """The text with one thing for another; what is replaced must be there."""
    for one, other in instead.items():
        assert one in text, f"the recipe has no {one}"
        text = text.replace(one, other)
    return text


def settings(name: str, instead: Mapping[str, str]) -> dict[str, str]:
    """The variables of one of the files that systemd reads."""
    text = put((RECIPES / "systemd" / name).read_text(), instead)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def nginx_site(name: str, folder: Path, port: int, http_port: int, instead: Mapping[str, str]) -> str:
    """A file for ``conf.d``; what it includes, and a certificate for localhost, are put into ``folder``."""
    certificate(folder / "tls")
    (folder / "nginx").mkdir(parents=True, exist_ok=True)
    for file in ("front.conf", "server.conf", "proxy.conf"):
        text = (RECIPES / "nginx" / file).read_text()
        for one, other in {
            "listen 80;": f"listen 127.0.0.1:{http_port};",
            "https://quorum.example.org": f"https://localhost:{port}",
            "quorum.example.org": "localhost",
            "/etc/quorumscope": str(folder),
            "/var/log/nginx": str(folder),
        }.items():
            text = text.replace(one, other)
        (folder / "nginx" / file).write_text(text)
    own = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        "quorum.example.org": "localhost",
        "/etc/quorumscope": str(folder),
    }
    return put((RECIPES / "nginx" / name).read_text(), own | dict(instead))


def certificate(folder: Path) -> Path:
    """A certificate for localhost that its own key has signed; where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "fullchain.pem"
    if not made.exists():
        command = [
            program("openssl"), "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-keyout", str(folder / "privkey.pem"), "-out", str(made),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True)
    return made


def haproxy_site(folder: Path, port: int, http_port: int, instead: Mapping[str, str]) -> str:
    """The file of HAProxy, with the certificate that is in ``folder``."""
    tls = certificate(folder / "tls").parent
    (tls / "site.pem").write_text((tls / "fullchain.pem").read_text() + (tls / "privkey.pem").read_text())
    own = {
        "bind :443 ": f"bind 127.0.0.1:{port} ",
        "bind :80\n": f"bind 127.0.0.1:{http_port}\n",
        "/etc/quorumscope": str(folder),
    }
    return put((RECIPES / "haproxy" / "haproxy.cfg").read_text(), own | dict(instead))
