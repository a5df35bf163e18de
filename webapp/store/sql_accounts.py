"""The teachers' accounts in the database."""

from typing import Any

import msgspec
from sqlalchemy import Connection, and_, case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from webapp.store.account_store import AccountHeld, AccountRow, ClassHeld, NameTaken, NotInvited
from webapp.store.database import Database
from webapp.store.tables import account_classes, accounts, class_log, classes, invitations

_COLUMNS = [accounts.c[name] for name in AccountRow.__struct_fields__]

# Events of a class's log as they stand in it (webapp/classroom/events.py).
_OWNERS_LINK_REPLACED = '{"type":"revoked","link":"owner"%'


class SqlAccountStore:
    """An AccountStore."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add_account(self, row: AccountRow, folded: str, digest: str | None = None, now_ms: int = 0) -> None:
        with self._database.writing() as connection:
            if digest is not None:
                _use(connection, digest, now_ms, None)
            try:
                connection.execute(insert(accounts).values(**_values(row), name_folded=folded))
            except IntegrityError:
                # The invitation is not used up then: all of it is undone.
                raise NameTaken from None

    def account(self, account_id: str) -> AccountRow | None:
        return self._one(accounts.c.id == account_id)

    def account_named(self, folded: str) -> AccountRow | None:
        return self._one(accounts.c.name_folded == folded)

    def account_elsewhere(self, issuer: str, subject: str) -> AccountRow | None:
        return self._one(and_(accounts.c.issuer == issuer, accounts.c.subject == subject))

    def _one(self, which: Any) -> AccountRow | None:
        with self._database.asking() as connection:
            found = connection.execute(select(*_COLUMNS).where(which)).first()
        return None if found is None else _row(found)

    def all_accounts(self) -> list[AccountHeld]:
        held = select(func.count()).where(account_classes.c.account == accounts.c.id).scalar_subquery()
        wanted = select(*_COLUMNS, held).order_by(accounts.c.created_ms, accounts.c.id)
        with self._database.asking() as connection:
            return [AccountHeld(_row(found), found[-1]) for found in connection.execute(wanted)]

    def keep_password(self, account_id: str, password: str) -> None:
        with self._database.asking() as connection:
            connection.execute(update(accounts).where(accounts.c.id == account_id).values(password=password))

    def end_sessions(self, account_id: str, password: str | None = None) -> int:
        with self._database.writing() as connection:
            return _end_sessions(connection, account_id, {} if password is None else {"password": password})

    def close_account(self, account_id: str, *, closed: bool) -> None:
        with self._database.writing() as connection:
            _end_sessions(connection, account_id, {"closed": int(closed)})

    def delete_account(self, account_id: str) -> None:
        with self._database.writing() as connection:
            connection.execute(delete(account_classes).where(account_classes.c.account == account_id))
            connection.execute(delete(invitations).where(invitations.c.account == account_id))
            connection.execute(delete(accounts).where(accounts.c.id == account_id))

    def invite(self, digest: str, expires_ms: int, account_id: str | None = None) -> None:
        with self._database.asking() as connection:
            connection.execute(insert(invitations).values(digest=digest, expires_ms=expires_ms, account=account_id))

    def is_good(self, digest: str, now_ms: int, *, resets: bool = False) -> bool:
        kind = invitations.c.account.is_not(None) if resets else invitations.c.account.is_(None)
        wanted = select(invitations.c.digest).where(
            invitations.c.digest == digest, invitations.c.expires_ms > now_ms, kind
        )
        with self._database.asking() as connection:
            return connection.execute(wanted).first() is not None

    def reset_password(self, digest: str, password: str, now_ms: int) -> AccountRow:
        with self._database.writing() as connection:
            account_id = connection.execute(
                select(invitations.c.account).where(invitations.c.digest == digest, invitations.c.account.is_not(None))
            ).scalar()
            if account_id is None:
                raise NotInvited
            _use(connection, digest, now_ms, account_id)
            _end_sessions(connection, account_id, {"password": password})
            return _row(connection.execute(select(*_COLUMNS).where(accounts.c.id == account_id)).one())

    def hold_class(self, account_id: str, class_id: str) -> None:
        with self._database.asking() as connection:
            try:
                connection.execute(insert(account_classes).values({"class": class_id, "account": account_id}))
            except IntegrityError:
                mine = account_classes.c["class"] == class_id, account_classes.c.account == account_id
                if connection.execute(select(account_classes.c.account).where(*mine)).first() is None:
                    raise ClassHeld from None

    def classes_of(self, account_id: str) -> list[tuple[str, int]]:
        replaced = func.sum(case((class_log.c.event.like(_OWNERS_LINK_REPLACED), 1), else_=0))
        wanted = (
            select(classes.c.id, replaced)
            .join(account_classes, account_classes.c["class"] == classes.c.id)
            .join(class_log, class_log.c["class"] == classes.c.id)
            .where(account_classes.c.account == account_id)
            .group_by(classes.c.id, classes.c.created_at)
            .order_by(classes.c.created_at.desc(), classes.c.id)
        )
        with self._database.asking() as connection:
            return [(class_id, int(times)) for class_id, times in connection.execute(wanted)]


def _values(row: AccountRow) -> dict[str, Any]:
    return msgspec.structs.asdict(row) | {"closed": int(row.closed)}


def _row(found: Any) -> AccountRow:
    told = {column.name: found[place] for place, column in enumerate(_COLUMNS)}
    return AccountRow(**told | {"closed": bool(told["closed"])})


def _use(connection: Connection, digest: str, now_ms: int, account_id: str | None) -> None:
    """Of two who come with the same invitation, one has deleted it. Raises NotInvited."""
    gone = connection.execute(
        delete(invitations).where(
            invitations.c.digest == digest,
            invitations.c.expires_ms > now_ms,
            invitations.c.account.is_(None) if account_id is None else invitations.c.account == account_id,
        )
    )
    if gone.rowcount != 1:
        raise NotInvited


def _end_sessions(connection: Connection, account_id: str, values: dict[str, Any]) -> int:
    which = accounts.c.id == account_id
    connection.execute(update(accounts).where(which).values(generation=accounts.c.generation + 1, **values))
    return int(connection.execute(select(accounts.c.generation).where(which)).scalar_one())
