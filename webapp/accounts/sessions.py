"""Who is signed in: a signed cookie, which has the account, its generation, and what the forms of this browser bring.

There is none for whoever has never come to the pages of an account.
"""

import hmac
import secrets
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request, session
from flask.sessions import SecureCookieSessionInterface

from engine.outcomes import Refused
from webapp.accounts.accounts import Accounts
from webapp.store.account_store import AccountRow

COOKIE = "quorumscope_session"
IDLE_DAYS = 30
_DAY_S = 24 * 3600

# The field of a form that only a page of ours can have filled in.
FORM_TOKEN = "form_token"


class Sessions(SecureCookieSessionInterface):
    """Secure wherever the browser speaks https, also where nobody has set the site's address."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure or super().get_cookie_secure(app)


def keep_sessions(app: Flask, secret: bytes) -> None:
    app.secret_key = secret
    app.session_interface = Sessions()
    app.config |= {
        "SESSION_COOKIE_NAME": COOKIE,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "PERMANENT_SESSION_LIFETIME": timedelta(days=IDLE_DAYS),
        # Once a day is enough, and no cookie stands on what caches keep.
        "SESSION_REFRESH_EACH_REQUEST": False,
    }


def accounts() -> Accounts | None:
    """None: the site has none."""
    found: Accounts | None = current_app.extensions["accounts"]
    return found


def signed_in() -> AccountRow | None:
    """Whose session the request is of. Raises Refused("not_stored")."""
    if "account" not in g:
        g.account = _signed_in()
    found: AccountRow | None = g.account
    return found


def _signed_in() -> AccountRow | None:
    known = accounts()
    if known is None:
        return None
    match session.get("account"), session.get("generation"):
        case str(account_id), int(generation):
            row = known.signed_in(account_id, generation)
            if row is None:
                session.clear()
            elif session.get("day") != _today():
                session["day"] = _today()
            return row
    return None


def must_be_signed_in() -> AccountRow:
    """Raises Refused("sign_in_first")."""
    if (row := signed_in()) is None:
        raise Refused("sign_in_first")
    return row


def begin_session(row: AccountRow, generation: int | None = None) -> None:
    """Nothing of the session before stays: what somebody else may have put into it neither."""
    session.clear()
    session.permanent = True
    session["account"] = row.id
    session["generation"] = generation or row.generation
    session["day"] = _today()
    g.account = row


def end_session() -> None:
    session.clear()
    g.account = None


def form_token() -> str:
    """What a form of this browser must bring."""
    if FORM_TOKEN not in session:
        session[FORM_TOKEN] = secrets.token_urlsafe(24)
    return str(session[FORM_TOKEN])


def check_form() -> None:
    """Raises Refused("stale_form"): the form is of another session, or of another site."""
    known = str(session.get(FORM_TOKEN, ""))
    if not known or not hmac.compare_digest(known.encode(), request.form.get(FORM_TOKEN, "").encode()):
        raise Refused("stale_form")


def local(address: str | None) -> str | None:
    """An address that leads back to where somebody was; None where it leads out of the site."""
    if not address or not address.startswith("/") or address.startswith("//"):
        return None
    # Browsers read a backslash as a slash, and leave out what is no sign.
    if not address.isprintable() or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return None if parts.scheme or parts.netloc else address


def with_account(told: dict[str, Any]) -> dict[str, Any]:
    """With what a page has to know of the account."""
    known = accounts()
    if known is None:
        return told | {"accounts": None}
    row = signed_in()
    return told | {"accounts": {"signed_in": None if row is None else {"id": row.id, "name": row.name}}}


def _today() -> int:
    return int(time.time() // _DAY_S)
