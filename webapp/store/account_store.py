"""The port of the teachers' accounts: what they need from wherever they are kept."""

from typing import Protocol

from msgspec import Struct


class AccountRow(Struct, frozen=True):
    """An account. ``password`` is a hash of argon2; None: its owner signs in as ``subject`` of ``issuer``.

    ``generation`` is in every session of it: raising it ends them all. Nobody can sign in to one that is ``closed``.
    """

    id: str
    name: str
    password: str | None = None
    issuer: str | None = None
    subject: str | None = None
    generation: int = 1
    created_ms: int = 0
    closed: bool = False


class AccountHeld(Struct, frozen=True):
    """An account, for who keeps the site: with the number of its classes."""

    row: AccountRow
    classes: int


class AccountStore(Protocol):
    """All methods are durable when they return. Each raises StoreFailed where that cannot be had.

    A ``folded`` name is the same for all names that count as one. A ``digest`` is that of an invitation, or of a link
    that sets a password: what was sent out is not kept itself.
    """

    def add_account(self, row: AccountRow, folded: str, digest: str | None = None, now_ms: int = 0) -> None:
        """Keep a new account; with a ``digest``, by an invitation, which is used up. Raises NameTaken, NotInvited."""

    def account(self, account_id: str) -> AccountRow | None: ...

    def account_named(self, folded: str) -> AccountRow | None: ...

    def account_elsewhere(self, issuer: str, subject: str) -> AccountRow | None: ...

    def all_accounts(self) -> list[AccountHeld]:
        """In the order in which they were made."""

    def keep_password(self, account_id: str, password: str) -> None: ...

    def end_sessions(self, account_id: str, password: str | None = None) -> int:
        """Raise the generation, which is answered, and set another password where there is one."""

    def close_account(self, account_id: str, *, closed: bool) -> None:
        """Its sessions end as well."""

    def delete_account(self, account_id: str) -> None:
        """For good. Its classes stay, and are of no account."""

    def invite(self, digest: str, expires_ms: int, account_id: str | None = None) -> None:
        """Keep an invitation for a new account, or what sets the password of one anew."""

    def is_good(self, digest: str, now_ms: int, *, resets: bool = False) -> bool:
        """Whether it is an invitation (or resets a password) that could be used now."""

    def reset_password(self, digest: str, password: str, now_ms: int) -> AccountRow:
        """Set a password by what was sent for that, which is used up; all sessions end. Raises NotInvited."""

    def hold_class(self, account_id: str, class_id: str) -> None:
        """The class is of this account from here on. Raises ClassHeld, where it is of another."""

    def classes_of(self, account_id: str) -> list[tuple[str, int]]:
        """The account's classes, the newest first: each one's id, and how often its owner's link was replaced."""


class NameTaken(Exception):
    """Another account has this name."""


class NotInvited(Exception):
    """There is no such invitation, or it was used or is too old."""


class ClassHeld(Exception):
    """The class is of another account."""
