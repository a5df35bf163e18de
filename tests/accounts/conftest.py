"""Sites with accounts, each made once: the real application over a real database, without a listening socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from webapp.app import create_app
from webapp.settings import Settings

MakeSite = Callable[..., Flask]


@pytest.fixture(scope="module")
def make_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MakeSite]:
    """Makes a site with these settings, in a folder of its own unless one is given."""
    with ExitStack() as made:

        def make(folder: Path | None = None, **settings: Any) -> Flask:
            told = {"accounts": "password", "sign_up": "open"} | settings
            app, _ = create_app(Settings(data_dir=folder or tmp_path_factory.mktemp("data"), **told), "threading")
            made.callback(app.extensions["rooms"].close)
            if app.extensions["accounts"]:
                made.callback(app.extensions["accounts"].close)
            return app

        yield make


@pytest.fixture(scope="module")
def site(make_site: MakeSite) -> Flask:
    """With passwords, and for everybody."""
    return make_site()
