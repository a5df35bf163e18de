"""What every answer tells the browser to allow, and which requests are refused before anybody else sees them.

docs/SECURITY.md says against whom.
"""

from base64 import b64encode
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request, url_for
from markupsafe import Markup
from werkzeug.middleware.proxy_fix import ProxyFix

from engine.outcomes import Refused
from webapp.settings import Settings

# Whoever asks for these may know the server only by its number.
FOR_ANY_HOST = ("/healthz", "/readyz", "/metrics", "/static/")
SOCKETS = "/socket.io"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

HSTS_S = 365 * 24 * 3600

# What a page may load and do, but for its scripts and for who may show it in a frame. `self` is the sockets' as well.
_PAGE = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "connect-src": "'self'",
    "frame-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
# What is no page loads nothing, even if a browser can be made to show it as one.
_NO_PAGE = {"default-src": "'none'", "form-action": "'none'", "base-uri": "'none'"}

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Whoever knows a room's address may enter the room.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}

_REFUSED = "quorumscope.refused"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def guard_pages(app: Flask, settings: Settings) -> None:
    """Headers on every answer, flags on every cookie, and no change that a page of another site asks for."""
    app.extensions["site"] = site = _origin(settings.site)
    https = site is not None and site.startswith("https://")
    app.config |= {
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": https,
    }
    app.before_request(check_origin)

    @app.context_processor
    def tell() -> dict[str, object]:
        return {"let_run": _let_run}

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers["Content-Security-Policy"] = _policy(response.mimetype == "text/html", _is_embedded())
        if not _is_embedded():
            response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if https:
            response.headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
        return response


def guard_all(app: Flask, settings: Settings) -> None:
    """Stand before the pages and the sockets, which must be in their place by now."""
    gate: Wsgi = Gate(app.wsgi_app, Flask.wsgi_app.__get__(app), _origin(settings.site))
    if settings.proxies:
        # A proxy passes on the host that it was asked for as Host. X-Forwarded-Host is believed of nobody: where a
        # proxy does not set it, it is the asker's own.
        gate = ProxyFix(gate, x_for=settings.proxies, x_proto=settings.proxies, x_host=0, x_port=0, x_prefix=0)
    app.wsgi_app = gate  # type: ignore[method-assign, assignment]


class Gate:
    """Lets ``everything`` see a request, unless it is for another host than the site's, or reaches for the sockets from
    another site's page; then ``pages`` says why not.

    Socket.IO's own look at the origin is not enough: a page can open a connection without saying where it is from,
    and the library believes X-Forwarded-Host of everybody.
    """

    def __init__(self, everything: Wsgi, pages: Wsgi, site: str | None) -> None:
        self._everything = everything
        self._pages = pages
        self._site = site

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if self._site is not None and not path.startswith(FOR_ANY_HOST) and _host(environ, self._site) != self._site:
            environ[_REFUSED] = Refused("other_host", site=self._site)
        elif path.startswith(SOCKETS) and is_from_elsewhere(environ, self._site):
            environ[_REFUSED] = Refused("cross_site")
        else:
            return self._everything(environ, start_response)
        return self._pages(environ, start_response)


def check_origin() -> None:
    """Raises Refused: what the gate found, or ``cross_site`` where a page of another site asks for a change."""
    if (refused := request.environ.get(_REFUSED)) is not None:
        raise refused
    if request.method not in SAFE_METHODS and is_from_elsewhere(request.environ, current_app.extensions["site"]):
        raise Refused("cross_site")


def is_from_elsewhere(environ: dict[str, Any], site: str | None) -> bool:
    """Whether a browser sent it for a page of another site. What is no browser says nothing of that, and may."""
    if environ.get("HTTP_SEC_FETCH_SITE", "none") not in ("same-origin", "none"):
        return True
    origin = environ.get("HTTP_ORIGIN")
    if origin is None:
        return False
    if site is not None:
        return bool(origin != site)
    # A proxy that nobody told us of may speak https for us: the host alone counts.
    own = _origin(origin)
    return own is None or own != _host(environ, own)


def address(endpoint: str, **values: Any) -> str:
    """Of a page, for other people: by the site's own address where that is set, else as this request came."""
    site: str | None = current_app.extensions["site"]
    if site is not None:
        return site + url_for(endpoint, **values)
    return url_for(endpoint, **values, _external=True, _scheme="https" if request.scheme == "https" else "http")


def _policy(is_page: bool, embedded: bool) -> str:
    scripts = " ".join(("'self'", *(f"'sha256-{digest}'" for digest in g.get("let_run", ()))))
    told = _PAGE | {"script-src": scripts} if is_page else _NO_PAGE
    return "; ".join(f"{name} {value}" for name, value in (told | _frames(embedded)).items())


def _frames(embedded: bool) -> dict[str, str]:
    # Nothing is said of an embedded page: "*" would be every site, but not a slide that is opened from a disk.
    return {} if embedded else {"frame-ancestors": "'none'"}


def _is_embedded() -> bool:
    """Whether the page is made to be a part of other sites' pages."""
    return request.path == "/embed" or request.path.startswith("/embed/")


def _let_run(script: Markup) -> Markup:
    """A script in the page itself, which the policy then allows by its content."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    g.let_run = (*g.get("let_run", ()), digest)
    return script


def _origin(address: str | None) -> str | None:
    """Scheme, host and port as a browser writes them; None: none of http."""
    if address is None:
        return None
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if usual is None or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, usual) else f":{port}")


def _host(environ: dict[str, Any], like: str) -> str | None:
    """The origin that the request is for, if its scheme is that of ``like``."""
    host = environ.get("HTTP_HOST", "")
    return None if set(host) & set("@/\\?#") else _origin(f"{like.partition(':')[0]}://{host}")
