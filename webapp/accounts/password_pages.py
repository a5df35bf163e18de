"""Signing in and up with a password."""

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from engine.outcomes import Refused
from webapp.accounts.pages import account_page, asker, entered, handled, known, not_kept, shown, sign_in_page
from webapp.accounts.sessions import begin_session, must_be_signed_in, signed_in

password_pages = Blueprint("password", __name__, url_prefix="/account")
password_pages.after_request(not_kept)


@password_pages.post("")
def sign_in() -> AnyResponse:
    return handled(_sign_in, sign_in_page)


def _sign_in() -> AnyResponse:
    return entered(known().sign_in(_field("name"), _field("password"), asker()))


@password_pages.get("/sign-up")
def sign_up_page() -> str | AnyResponse:
    return redirect("/account") if signed_in() else _sign_up_page()


@password_pages.post("/sign-up")
def sign_up() -> AnyResponse:
    return handled(_sign_up, _sign_up_page)


def _sign_up() -> AnyResponse:
    return entered(known().sign_up(_field("name"), _field("password"), _field("invitation"), asker()))


def _sign_up_page(refused: Refused | None = None) -> str:
    known().passwords.warm()
    return shown("account/sign_up.html", refused, invitation=_field("invitation"))


@password_pages.post("/password")
def change() -> AnyResponse:
    return handled(_change, lambda refused: account_page(refused, "password"))


def _change() -> AnyResponse:
    row = must_be_signed_in()
    begin_session(row, known().change_password(row, _field("password"), _field("new"), asker()))
    return redirect("/account?changed", 303)


@password_pages.get("/new-password")
def new_password_page() -> str:
    return _new_password_page()


@password_pages.post("/new-password")
def new_password() -> AnyResponse:
    return handled(_new_password, _new_password_page)


def _new_password() -> AnyResponse:
    return entered(known().reset_password(_field("invitation"), _field("password"), asker()))


def _new_password_page(refused: Refused | None = None) -> str:
    known().passwords.warm()
    return shown("account/new_password.html", refused, invitation=_field("invitation"))


def _field(name: str) -> str:
    return request.form.get(name, "")
