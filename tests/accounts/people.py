"""Somebody with a browser, as far as forms and cookies go."""

import re
from typing import Any

from argon2 import PasswordHasher
from flask import Flask, session
from werkzeug.test import TestResponse

from webapp.accounts.accounts import new_account_id
from webapp.accounts.sessions import begin_session
from webapp.classroom.texts import likeness
from webapp.store.account_store import AccountRow

PASSWORD = "correct horse battery"
# Made cheaply: hashing as the site does it takes a fifth of a second.
HASHED = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


class Person:
    """Keeps cookies, and fills in forms: the hidden fields are those of the page that was asked for last."""

    def __init__(self, app: Flask, address: str = "10.0.0.1") -> None:
        self.client = app.test_client()
        self.address = address
        self.page = ""

    def get(self, path: str, **headers: str) -> TestResponse:
        return self._seen(self.client.get(path, headers=headers, environ_base={"REMOTE_ADDR": self.address}))

    def post(self, path: str, **fields: str) -> TestResponse:
        """Send the form, and stay where it leads to."""
        hidden = {"form_token": self.form_token} | fields
        return self._seen(self.client.post(path, data=hidden, environ_base={"REMOTE_ADDR": self.address}))

    def ask(self, path: str, method: str = "GET", key: str | None = None, **body: Any) -> TestResponse:
        """As a page's script does."""
        headers = {"Accept": "application/json"} | ({} if key is None else {"Authorization": f"Bearer {key}"})
        return self.client.open(path, method=method, json=body or None, headers=headers)

    def _seen(self, answer: TestResponse) -> TestResponse:
        self.page = answer.text
        return answer

    @property
    def form_token(self) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.page)
        return found[1] if found else ""

    @property
    def problem(self) -> str:
        """What a page says is wrong."""
        return " ".join(re.findall(r'<p class="problem"[^>]*>([^<]+)</p>', self.page))

    @property
    def name(self) -> str | None:
        """As whom they are signed in."""
        self.get("/account")
        found = re.search(r"You are signed in as (.*?)\.</p>", self.page)
        return found[1] if found else None

    def sign_up(self, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/account/sign-up")
        return self.post("/account/sign-up", name=name, password=password, **more)

    def sign_in(self, name: str, password: str = PASSWORD, **more: str) -> TestResponse:
        self.get("/account")
        return self.post("/account", name=name, password=password, **more)

    def start_class(self, title: str = "Monday") -> dict[str, Any]:
        answer = self.ask("/classes", "POST", title=title)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json
        return told

    def classes(self) -> dict[str, str]:
        """Those of the account: id and owner's key."""
        answer = self.ask("/account/classes")
        assert answer.status_code == 200, answer.text
        return {one["id"]: one["key"] for one in answer.json["classes"]}

    def enter(self, name: str, account_id: str | None = None) -> "Person":
        """With an account and a session of it, without a password's cost: for what begins after signing in."""
        row = AccountRow(account_id or new_account_id(), name, HASHED)
        self.client.application.extensions["accounts"]._store.add_account(row, likeness(name))
        with self.client.application.test_request_context(), self.client.session_transaction() as kept:
            begin_session(row)
            kept.update(session)
            kept.permanent = True
        return self
