"""Every wrong setting is refused at the start: one clear line that names it, and never shows a secret."""

import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.server import CONSOLE
from webapp.settings import TABLE, Setting, SettingError, Settings, from_environment

BY_VARIABLE = {setting.variable: setting for setting in TABLE}

RATES = [setting.variable for setting in TABLE if setting.says.startswith("How many")]

# What cannot be used, and a word of what may be.
WRONG: list[tuple[str, str, str]] = [
    ("PORT", "http", "whole number from 0 to 65535"),
    ("PORT", "-1", "whole number"),
    ("PORT", "65536", "whole number"),
    ("PORT", "８０００", "whole number"),
    ("QUORUMSCOPE_SITE", "quorum.example.org", "https://"),
    ("QUORUMSCOPE_SITE", "https://quorum.example.org/classes", "without a path"),
    ("QUORUMSCOPE_PROXIES", "many", "whole number from 0 to 5"),
    ("QUORUMSCOPE_ASYNC", "threading", "eventlet or gevent"),
    ("QUORUMSCOPE_WORKER", "ab", "one letter or digit"),
    ("QUORUMSCOPE_WORKER", "-", "one letter or digit"),
    ("QUORUMSCOPE_LESSONS", "/nowhere/at/all", "folder that is there"),
    ("QUORUMSCOPE_TRANSLATIONS", "/nowhere/at/all", "LC_MESSAGES"),
    ("QUORUMSCOPE_SLEEP_AFTER", "0", "from 1 to 86400"),
    ("QUORUMSCOPE_KEEP_ROOMS", "for ever", "whole number"),
    ("QUORUMSCOPE_KEEP_RUNS", "-3", "whole number"),
    ("QUORUMSCOPE_KEEP_CLASSES", "1.5", "whole number"),
    ("QUORUMSCOPE_ACCOUNTS", "yes", "none or password or oidc"),
    ("QUORUMSCOPE_SIGN_UP", "closed", "open or invited"),
    ("QUORUMSCOPE_OIDC_ISSUER", "id.example.org", "the address of an OpenID provider"),
    ("QUORUMSCOPE_LOG", "xml", "plain or json"),
    ("QUORUMSCOPE_METRICS", "true", "off or on"),
    ("QUORUMSCOPE_CONNECTIONS", "all", "whole number"),
    *[(variable, "often", '"0" (no limit)') for variable in RATES],
]

# These are shown to nobody.
WRONG_SECRETS: list[tuple[str, str]] = [
    ("DATABASE_URL", "mysql://owner:hunter2@db/quorum"),
    ("DATABASE_URL", "hunter2"),
    ("DATABASE_URL", "postgresql://owner:hunter2@db:port/quorum"),
    ("DATABASE_URL", "postgresql://owner:hunter2@db"),
    ("DATABASE_URL", "postgresql://[hunter2"),
    ("REDIS_URL", "http://hunter2@cache"),
    ("REDIS_URL", "redis://:hunter2@cache:port/0"),
    ("REDIS_URL", "redis://"),
]

# What any text will do for.
ANYTHING = {"HOST", "QUORUMSCOPE_DATA", "QUORUMSCOPE_OIDC_CLIENT_ID", "QUORUMSCOPE_OIDC_CLIENT_SECRET"}


@pytest.mark.parametrize(("variable", "value", "says"), WRONG)
def test_what_cannot_be_used_is_refused_and_the_line_says_what_may_be(variable: str, value: str, says: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment({variable: value})
    line = str(refused.value)
    assert line.startswith(f"{variable} must be ")
    assert says in line
    assert repr(value) in line
    assert "\n" not in line


@pytest.mark.parametrize(("variable", "value"), WRONG_SECRETS)
def test_a_secret_is_refused_without_being_shown(variable: str, value: str) -> None:
    with pytest.raises(SettingError) as refused:
        from_environment({variable: value})
    assert str(refused.value).startswith(f"{variable} must be an address such as ")
    assert "hunter2" not in str(refused.value)


def test_every_setting_has_a_wrong_value_here_or_takes_any_text() -> None:
    assert {variable for variable, *_ in (*WRONG, *WRONG_SECRETS)} | ANYTHING == set(BY_VARIABLE)


def test_each_setting_sets_its_field_and_every_field_has_one() -> None:
    assert sorted(setting.field for setting in TABLE) == sorted(Settings.__struct_fields__)
    assert len(BY_VARIABLE) == len(TABLE)


def _again(setting: Setting) -> object:
    """The default, as somebody would write it into the environment."""
    return getattr(from_environment({setting.variable: setting.default}), setting.field)


@pytest.mark.parametrize("setting", [one for one in TABLE if one.default], ids=lambda one: one.variable)
def test_the_default_may_be_written_out(setting: Setting) -> None:
    assert _again(setting) == getattr(Settings(), setting.field)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", "postgres://owner:hunter2@db/quorum"),
        ("DATABASE_URL", "postgresql://owner@[::1]:5433/quorum"),
        ("REDIS_URL", "redis://cache"),
        ("REDIS_URL", "rediss://:hunter2@cache:6380/2"),
        ("REDIS_URL", "unix:///run/redis/redis.sock"),
    ],
)
def test_an_address_may_be_written_in_its_ways(variable: str, value: str) -> None:
    assert getattr(from_environment({variable: value}), BY_VARIABLE[variable].field) == value


def test_what_is_empty_is_not_set() -> None:
    assert from_environment(dict.fromkeys(BY_VARIABLE, "")) == Settings()


def test_a_limit_of_0_is_none() -> None:
    for variable in RATES:
        assert getattr(from_environment({variable: "0"}), BY_VARIABLE[variable].field) == ""


def test_open_id_wants_all_that_belongs_to_it() -> None:
    given = {"QUORUMSCOPE_ACCOUNTS": "oidc", "QUORUMSCOPE_OIDC_ISSUER": "https://id.example.org"}
    with pytest.raises(SettingError, match="QUORUMSCOPE_OIDC_CLIENT_ID must be set"):
        from_environment(given)
    given |= {"QUORUMSCOPE_OIDC_CLIENT_ID": "quorum"}
    with pytest.raises(SettingError, match="QUORUMSCOPE_OIDC_CLIENT_SECRET must be set"):
        from_environment(given)
    assert from_environment(given | {"QUORUMSCOPE_OIDC_CLIENT_SECRET": "hunter2"}).oidc_client_secret == "hunter2"


def _serve(**settings: str) -> subprocess.CompletedProcess[str]:
    """What a server that cannot start says. It is none: nothing has to be stopped."""
    return subprocess.run(
        [str(CONSOLE), "serve"], env=os.environ | settings, capture_output=True, text=True, timeout=30, check=False
    )


def _is_one_line(done: subprocess.CompletedProcess[str], *says: str) -> None:
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("quorumscope: "), done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    for word in says:
        assert word in done.stderr


def test_a_wrong_setting_ends_the_start_in_one_line() -> None:
    done = _serve(REDIS_URL="http://hunter2@cache")
    _is_one_line(done, "REDIS_URL must be")
    assert "hunter2" not in done.stderr


def test_an_address_that_is_taken_ends_the_start_in_one_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = _serve(HOST="127.0.0.1", PORT=str(port), QUORUMSCOPE_DATA=str(tmp_path))
    _is_one_line(done, f"cannot listen on 127.0.0.1:{port}", "in use")


def test_a_database_that_cannot_be_had_ends_the_start_in_one_line() -> None:
    done = _serve(HOST="127.0.0.1", PORT="0", DATABASE_URL="postgresql://owner:hunter2@127.0.0.1:1/quorum")
    _is_one_line(done, "cannot use the database")
    assert "hunter2" not in done.stderr
