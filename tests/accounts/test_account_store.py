"""What is kept of accounts. The same is asked of PostgreSQL where the store's tests start one."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from webapp.store.account_store import AccountRow, AccountStore, ClassHeld, NameTaken, NotInvited
from webapp.store.class_store import ClassEntry, ClassRow
from webapp.store.database import Database
from webapp.store.opening import open_file
from webapp.store.sql_accounts import SqlAccountStore
from webapp.store.sql_classes import SqlClassStore
from webapp.store.sql_logs import SqlLogStore


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = open_file(tmp_path / "rooms.sqlite3")
    yield made
    made.close()


@pytest.fixture
def store(database: Database) -> AccountStore:
    return SqlAccountStore(database)


ADA, GRACE = (
    AccountRow("1", "Ada", "hash", created_ms=5),
    AccountRow("2", "Grace", None, "https://p", "s", created_ms=6),
)


def test_what_was_kept_is_found_again_and_each_name_once(store: AccountStore) -> None:
    store.add_account(ADA, "ada")
    store.add_account(GRACE, "grace")
    assert store.account("1") == store.account_named("ada") == ADA
    assert store.account_elsewhere("https://p", "s") == GRACE
    assert store.account("3") is store.account_named("Ada") is store.account_elsewhere("https://p", "t") is None
    with pytest.raises(NameTaken):
        store.add_account(AccountRow("3", "ADA", "other"), "ada")
    with pytest.raises(NameTaken):
        store.add_account(AccountRow("3", "Grace 2", None, "https://p", "s"), "grace 2")
    assert [held.row for held in store.all_accounts()] == [ADA, GRACE]


def test_what_ends_sessions_raises_the_generation(store: AccountStore) -> None:
    store.add_account(ADA, "ada")
    store.keep_password("1", "rehashed")
    assert store.account("1") == AccountRow("1", "Ada", "rehashed", created_ms=5)
    assert store.end_sessions("1") == 2
    assert store.end_sessions("1", "new") == 3
    store.close_account("1", closed=True)
    assert store.account("1") == AccountRow("1", "Ada", "new", generation=4, created_ms=5, closed=True)


def test_an_invitation_goes_with_the_account_or_not_at_all(store: AccountStore) -> None:
    store.add_account(ADA, "ada")
    store.invite("digest", 100)
    assert store.is_good("digest", 99)
    assert not store.is_good("digest", 99, resets=True)
    assert not store.is_good("digest", 100)
    with pytest.raises(NameTaken):
        store.add_account(AccountRow("2", "Ada", "h"), "ada", "digest", 99)
    with pytest.raises(NotInvited):
        store.add_account(AccountRow("2", "Bea", "h"), "bea", "digest", 100)
    assert store.account("2") is None
    store.add_account(AccountRow("2", "Bea", "h"), "bea", "digest", 99)
    with pytest.raises(NotInvited):
        store.add_account(AccountRow("3", "Cy", "h"), "cy", "digest", 99)
    store.invite("reset", 100, "1")
    with pytest.raises(NotInvited):
        store.add_account(AccountRow("3", "Cy", "h"), "cy", "reset", 99)
    with pytest.raises(NotInvited):
        store.reset_password("reset", "new", 100)
    assert store.reset_password("reset", "new", 99).password == "new"
    with pytest.raises(NotInvited):
        store.reset_password("reset", "newer", 99)


def test_of_two_who_come_with_one_invitation_one_gets_in(tmp_path: Path, database: Database) -> None:
    SqlAccountStore(database).invite("digest", 100)
    came: list[str] = []

    def come(name: str, ready: Callable[[], object]) -> None:
        mine = open_file(tmp_path / "rooms.sqlite3")
        ready()
        try:
            SqlAccountStore(mine).add_account(AccountRow(name, name, "h"), name, "digest", 99)
            came.append(name)
        except NotInvited:
            pass
        finally:
            mine.close()

    barrier = threading.Barrier(4)
    threads = [threading.Thread(target=come, args=(str(n), barrier.wait)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(came) == 1
    assert [held.row.id for held in SqlAccountStore(database).all_accounts()] == came


def test_a_class_is_of_one_account_and_goes_when_it_is_deleted(store: AccountStore, database: Database) -> None:
    classes = SqlClassStore(SqlLogStore(database))
    for class_id, events in (("x", ["owner", "assistant", "owner"]), ("y", [])):
        classes.create_class(ClassRow(class_id, class_id * 6))
        classes.take_class(class_id)
        told = [f'{{"type":"revoked","link":"{link}"}}' for link in events]
        said = ['{"type":"opened","title":"{\\"type\\":\\"revoked\\",\\"link\\":\\"owner\\"}","room":"r"}', *told]
        classes.append_to_class(class_id, [ClassEntry(n, n, "owner", "r", 0, one) for n, one in enumerate(said, 1)])
    store.add_account(ADA, "ada")
    store.add_account(GRACE, "grace")
    store.hold_class("1", "x")
    store.hold_class("1", "x")
    store.hold_class("1", "y")
    with pytest.raises(ClassHeld):
        store.hold_class("2", "x")
    assert dict(store.classes_of("1")) == {"x": 2, "y": 0}
    assert store.classes_of("2") == []
    assert [held.classes for held in store.all_accounts()] == [2, 0]
    classes.delete_class("y")
    assert store.classes_of("1") == [("x", 2)]
    store.invite("reset", 100, "1")
    store.delete_account("1")
    assert store.account("1") is None
    assert not store.is_good("reset", 99, resets=True)
    assert classes.class_row("x") is not None
    store.hold_class("2", "x")
