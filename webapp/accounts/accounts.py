"""What can be done with accounts. Knows no web: who asks, and by which session, others say."""

import hashlib
import secrets
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

from engine.outcomes import Refused
from webapp.accounts.passwords import Passwords
from webapp.accounts.tries import Tries
from webapp.classroom.texts import likeness, line
from webapp.settings import SignUp
from webapp.store.account_store import AccountRow, AccountStore, ClassHeld, NameTaken, NotInvited
from webapp.store.log_store import StoreFailed

NAME_MAX = 80

# A link that was sent out is a secret of 256 bits; nobody guesses one.
_TOKEN_BYTES = 32
DAY_MS = 24 * 3600 * 1000
INVITED_DAYS = 7
RESET_DAYS = 2

# Of the accounts with a name that somebody else's provider gives them: the name itself, then with a number.
_NAMESAKES_MAX = 1_000

T = TypeVar("T")


class Accounts:
    """``lock`` is the one under which the database is used; ``wall_ms`` is the time of day."""

    def __init__(
        self,
        store: AccountStore,
        sign_up: SignUp,
        wall_ms: Callable[[], int],
        lock: AbstractContextManager[object] | None = None,
        tries: Tries | None = None,
    ) -> None:
        self.sign_up_is = sign_up
        self.passwords = Passwords()
        self._store = store
        self._wall_ms = wall_ms
        self._lock = lock or threading.RLock()
        self._tries = tries or Tries()

    # With a password

    def sign_up(self, name: str, password: str, invitation: str, address: str) -> AccountRow:
        """A new account. Raises Refused: not_invited, account_taken, a password's reasons, too_many_tries, busy."""
        self._tries.count(address)
        shown = known_as(name)
        digest = self._invited(invitation)
        # It would be found out below as well, but the processor is nobody's who may not sign up.
        if self._stored(lambda: self._store.account_named(likeness(shown))):
            raise Refused("account_taken", "name")
        row = AccountRow(new_account_id(), shown, self.passwords.hashed(password), created_ms=self._wall_ms())
        self._stored(lambda: self._store.add_account(row, likeness(shown), digest, self._wall_ms()))
        return row

    def sign_in(self, name: str, password: str, address: str) -> AccountRow:
        """Raises Refused: wrong_password (whether or not there is such an account), account_closed, too_many_tries,
        busy."""
        folded = likeness(" ".join(name.split())[:NAME_MAX])
        self._tries.count(address, folded)
        row = self._stored(lambda: self._store.account_named(folded))
        fits, anew = self.passwords.check(password, None if row is None else row.password)
        if row is None or not fits:
            raise Refused("wrong_password", "password")
        if row.closed:
            raise Refused("account_closed")
        self._tries.forget(address, folded)
        if anew is not None:
            self._stored(lambda: self._store.keep_password(row.id, anew))
        return row

    def change_password(self, row: AccountRow, password: str, new: str, address: str) -> int:
        """Ends all sessions; answers the generation of those that begin now. Raises Refused."""
        self.check_password(row, password, address)
        hashed = self.passwords.hashed(new, "new")
        return self._stored(lambda: self._store.end_sessions(row.id, hashed))

    def check_password(self, row: AccountRow, password: str, address: str) -> None:
        """Once more, before something that cannot be undone. Raises Refused."""
        folded = likeness(row.name)
        self._tries.count(address, folded)
        if not self.passwords.check(password, row.password)[0]:
            raise Refused("not_your_password", "password")
        self._tries.forget(address, folded)

    def reset_password(self, token: str, new: str, address: str) -> AccountRow:
        """By a link that was sent for it. Raises Refused: no_reset, a password's reasons, too_many_tries, busy."""
        self._tries.count(address)
        digest = _digest(token.strip())
        if not self._stored(lambda: self._store.is_good(digest, self._wall_ms(), resets=True)):
            raise Refused("no_reset", "invitation")
        hashed = self.passwords.hashed(new)
        row = self._stored(lambda: self._store.reset_password(digest, hashed, self._wall_ms()), gone="no_reset")
        if row.closed:
            raise Refused("account_closed")
        return row

    # Elsewhere

    def welcome(self, issuer: str, subject: str, name: str, invitation: str) -> AccountRow:
        """Whom an OpenID provider has sent; who comes for the first time gets an account. Raises Refused."""
        row = self._stored(lambda: self._store.account_elsewhere(issuer, subject))
        if row is None:
            row = self._first_time(issuer, subject, name, self._invited(invitation))
        if row.closed:
            raise Refused("account_closed")
        return row

    def _first_time(self, issuer: str, subject: str, name: str, digest: str | None) -> AccountRow:
        account_id = new_account_id()
        try:
            wished = line(name, "name", NAME_MAX - 5)
        except Refused:
            wished = account_id
        for number in range(1, _NAMESAKES_MAX):
            shown = wished if number == 1 else f"{wished} {number}"
            row = AccountRow(account_id, shown, None, issuer, subject, created_ms=self._wall_ms())
            try:
                self._stored(lambda: self._store.add_account(row, likeness(row.name), digest, self._wall_ms()))  # noqa: B023
            except Refused as refused:
                if refused.code != "account_taken":
                    raise
                # In another tab the same person may have been quicker.
                if found := self._stored(lambda: self._store.account_elsewhere(issuer, subject)):
                    return found
            else:
                return row
        raise Refused("account_taken", "name")

    # Sessions

    def signed_in(self, account_id: str, generation: int) -> AccountRow | None:
        """Whose session it is; None: it has ended. Raises Refused("not_stored")."""
        row = self._stored(lambda: self._store.account(account_id))
        return row if row is not None and row.generation == generation and not row.closed else None

    def end_sessions(self, row: AccountRow) -> None:
        self._stored(lambda: self._store.end_sessions(row.id))

    def delete(self, row: AccountRow) -> None:
        """Its classes stay: whoever has a key to one keeps it."""
        self._stored(lambda: self._store.delete_account(row.id))

    # Classes

    def hold(self, row: AccountRow, class_id: str) -> None:
        """Raises Refused("held_already")."""
        self._stored(lambda: self._store.hold_class(row.id, class_id))

    def classes_of(self, row: AccountRow) -> list[tuple[str, int]]:
        """The newest first: each one's id, and the generation of its owner's key."""
        return self._stored(lambda: self._store.classes_of(row.id))

    def _invited(self, invitation: str) -> str | None:
        """What stands for an invitation in the store; None: none is needed. Raises Refused("not_invited")."""
        if self.sign_up_is == "open":
            return None
        digest = _digest(invitation.strip())
        if not self._stored(lambda: self._store.is_good(digest, self._wall_ms())):
            raise Refused("not_invited", "invitation")
        return digest

    def _stored(self, act: Callable[[], T], gone: str = "not_invited") -> T:
        try:
            with self._lock:
                return act()
        except NameTaken:
            raise Refused("account_taken", "name") from None
        except NotInvited:
            # Somebody else has used it meanwhile.
            raise Refused(gone, "invitation") from None
        except ClassHeld:
            raise Refused("held_already") from None
        except StoreFailed as failed:
            raise Refused("not_stored", reason=str(failed)) from failed

    def close(self) -> None:
        self.passwords.close()


def known_as(name: str) -> str:
    """A name as it is shown. Raises Refused."""
    return line(name, "name", NAME_MAX)


def new_account_id() -> str:
    return secrets.token_urlsafe(12)


def send_out(store: AccountStore, now_ms: int, days: int, account_id: str | None = None) -> str:
    """What belongs into an invitation's link, or into one that sets the password of an account. Raises StoreFailed."""
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    store.invite(_digest(token), now_ms + days * DAY_MS, account_id)
    return token


def _digest(token: str) -> str:
    """Looking for it takes no longer for one that is nearly right: what is compared is not what was typed."""
    return hashlib.sha256(token.encode()).hexdigest()
