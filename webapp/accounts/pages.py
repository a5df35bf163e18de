"""The pages of an account: signing in and out, and what can be done with it. Plain forms, which need no script."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, make_response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from engine.outcomes import Refused
from webapp import lines
from webapp.accounts.accounts import NAME_MAX, Accounts
from webapp.accounts.passwords import PASSWORD_MAX, PASSWORD_MIN
from webapp.accounts.sessions import (
    FORM_TOKEN,
    accounts,
    begin_session,
    check_form,
    end_session,
    form_token,
    local,
    must_be_signed_in,
    signed_in,
)
from webapp.languages import spoken
from webapp.pages import page
from webapp.store.account_store import AccountRow
from webapp.words import sentence

account_pages = Blueprint("account", __name__, url_prefix="/account")

# Where one goes who has signed in, and wanted nothing else.
HOME = "/teach"


@account_pages.after_request
def not_kept(response: Response) -> Response:
    """What is about somebody stays in no cache, nor behind the back button of the next one."""
    response.headers["Cache-Control"] = "no-store"
    return response


@account_pages.get("")
def account() -> str:
    """The account; who is not signed in can do so here."""
    return account_page() if signed_in() else sign_in_page()


@account_pages.get("/<any('password', 'sign-out', 'sign-out-everywhere', 'delete'):_done>")
def done(_done: str) -> AnyResponse:
    """Whoever reloads what a form has led to."""
    return redirect("/account")


@account_pages.post("/sign-out")
def sign_out() -> AnyResponse:
    return handled(_sign_out, account_page)


def _sign_out() -> AnyResponse:
    end_session()
    return redirect("/account", 303)


@account_pages.post("/sign-out-everywhere")
def sign_out_everywhere() -> AnyResponse:
    return handled(_sign_out_everywhere, account_page)


def _sign_out_everywhere() -> AnyResponse:
    known().end_sessions(must_be_signed_in())
    return _sign_out()


@account_pages.post("/delete")
def delete() -> AnyResponse:
    return handled(_delete, lambda refused: account_page(refused, "delete"))


def _delete() -> AnyResponse:
    row = must_be_signed_in()
    if row.password is not None:
        known().check_password(row, request.form.get("password", ""), asker())
    elif "sure" not in request.form:
        raise Refused("empty_text", "sure")
    known().delete(row)
    return _sign_out()


# Pages, and what all forms have in common


def account_page(refused: Refused | None = None, at: str = "") -> str:
    """``at`` is the form in which something was wrong."""
    row = signed_in()
    if row is None:
        return sign_in_page(refused)
    held = len(known().classes_of(row))
    return shown("account/account.html", refused, at, account=row, held=held, changed="changed" in request.args)


def sign_in_page(refused: Refused | None = None) -> str:
    if provider_host() is None:
        known().passwords.warm()
    return shown("account/sign_in.html", refused)


def shown(template: str, refused: Refused | None = None, at: str = "", **told: Any) -> str:
    """A page with forms; ``problem`` is why the last one was refused."""
    return page(
        template,
        "js/account.js",
        {},
        token_field=FORM_TOKEN,
        form_token=form_token(),
        problem=None if refused is None else _problem(refused, at),
        then=wanted(),
        typed=request.form.get("name", ""),
        is_open=known().sign_up_is == "open",
        provider=provider_host(),
        limits={"name": NAME_MAX, "password_min": PASSWORD_MIN, "password_max": PASSWORD_MAX},
        **told,
    )


def _problem(refused: Refused, at: str) -> dict[str, str | None]:
    said = sentence(f"refused.{refused.code}", refused.facts, spoken())
    return {"field": refused.field, "sentence": said, "at": at}


def handled(act: Callable[[], AnyResponse], again: Callable[[Refused], str]) -> AnyResponse:
    """Do what a form asks for; where that is refused, its page comes again and says why."""
    try:
        check_form()
        return act()
    except Refused as refused:
        response = make_response(again(refused), lines.status(refused))
        if "retry_s" in refused.facts:
            response.headers["Retry-After"] = str(refused.facts["retry_s"])
        return response


def entered(row: AccountRow) -> AnyResponse:
    """Signed in, and back to what somebody wanted to do."""
    then = wanted()
    begin_session(row)
    return redirect(then or HOME, 303)


def wanted() -> str | None:
    return local(request.form.get("then") or request.args.get("then"))


def known() -> Accounts:
    found = accounts()
    assert found is not None, "these pages are only where there are accounts"
    return found


def provider_host() -> str | None:
    """Of the OpenID provider; None: accounts have passwords."""
    host: str | None = current_app.extensions["provider_host"]
    return host


def asker() -> str:
    """Whose tries are counted."""
    return request.remote_addr or ""
