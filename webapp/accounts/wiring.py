"""The accounts of a site, if it has any."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from flask import Flask

from webapp.accounts.accounts import Accounts
from webapp.accounts.holding import account_classes
from webapp.accounts.pages import account_pages
from webapp.accounts.password_pages import password_pages
from webapp.accounts.sessions import keep_sessions
from webapp.settings import Settings
from webapp.store.account_store import AccountStore


def keep_accounts(
    app: Flask,
    settings: Settings,
    store: AccountStore,
    secret: Callable[[str], bytes],
    lock: AbstractContextManager[object],
) -> None:
    """``secret`` knows the site's secrets by their names; ``lock`` is the one under which the database is used."""
    has_accounts = settings.accounts != "none"
    app.context_processor(lambda: {"has_accounts": has_accounts})
    app.extensions["accounts"] = None
    if not has_accounts:
        return
    keep_sessions(app, secret("sessions"))
    app.extensions["accounts"] = Accounts(store, settings.sign_up, lambda: time.time_ns() // 1_000_000, lock)
    app.extensions["provider_host"] = None
    app.register_blueprint(account_classes)
    app.register_blueprint(account_pages)
    if settings.accounts == "password":
        app.register_blueprint(password_pages)
        return
    # Only here: it is large, and most sites ask nobody else who somebody is.
    from webapp.accounts.elsewhere import Provider
    from webapp.accounts.provider_pages import provider_pages

    assert settings.oidc_issuer and settings.oidc_client_id and settings.oidc_client_secret
    app.extensions["provider"] = Provider(
        app, settings.oidc_issuer, settings.oidc_client_id, settings.oidc_client_secret
    )
    app.extensions["provider_host"] = urlsplit(settings.oidc_issuer).netloc
    app.register_blueprint(provider_pages)
