"""Signing in at an OpenID provider: over there, and back."""

from flask import Blueprint, current_app, make_response, redirect, request, session
from werkzeug.wrappers import Response as AnyResponse

from engine.outcomes import Refused
from webapp import lines
from webapp.accounts.elsewhere import Provider
from webapp.accounts.pages import HOME, handled, known, not_kept, shown, sign_in_page, wanted
from webapp.accounts.sessions import begin_session, local, signed_in
from webapp.security import address

provider_pages = Blueprint("provider", __name__, url_prefix="/account")
provider_pages.after_request(not_kept)

# In the session, while somebody is at the provider.
_THEN = "then"
_INVITATION = "invitation"


@provider_pages.get("/sign-up")
def sign_up_page() -> str | AnyResponse:
    return redirect("/account") if signed_in() else _sign_up_page()


@provider_pages.post("/sign-up")
def sign_up() -> AnyResponse:
    """Keep an invitation until its owner has come back from the provider."""
    return handled(_sign_up, _sign_up_page)


def _sign_up() -> AnyResponse:
    session[_INVITATION] = request.form.get("invitation", "").strip()[:100]
    return redirect("/account/sign-up", 303)


def _sign_up_page(refused: Refused | None = None) -> str:
    return shown("account/sign_up.html", refused, invitation=session.get(_INVITATION, ""))


@provider_pages.get("/elsewhere")
def go() -> AnyResponse:
    """A link leads here, not a form: a page's forms may send nobody to another site."""
    session[_THEN] = wanted()
    try:
        return _provider().send(address("provider.come_back"))
    except Refused as refused:
        return _not_in(refused)


@provider_pages.get("/elsewhere/back")
def come_back() -> AnyResponse:
    try:
        told = _provider().come_back()
        row = known().welcome(told.issuer, told.subject, told.name, str(session.get(_INVITATION, "")))
    except Refused as refused:
        return _not_in(refused)
    then = local(session.get(_THEN))
    begin_session(row)
    return redirect(then or HOME, 303)


def _not_in(refused: Refused) -> AnyResponse:
    return make_response(sign_in_page(refused), lines.status(refused))


def _provider() -> Provider:
    found: Provider = current_app.extensions["provider"]
    return found
