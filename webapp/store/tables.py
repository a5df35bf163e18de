"""The tables, for every database. Alembic's versions make them; a test holds that both say the same.

Times ``…_ms`` are in ms since 1970. ``made`` orders what was made by when (ns since 1970, or the older row number).
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)

metadata = MetaData()

# A strict table of SQLite has one kind of whole number, of 64 bits.
Whole = BigInteger().with_variant(Integer(), "sqlite")


class Words(TypeDecorator[str]):
    """PostgreSQL has no place for NUL in a text, and nobody misses it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value if value is None or "\0" not in value else value.replace("\0", "\ufffd")


def _where(name: str, column: str) -> Index:
    """An index of the rows that have the column."""
    there = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=there, postgresql_where=there)


rooms = Table(
    "rooms",
    metadata,
    Column("id", Words, primary_key=True),
    Column("engine_version", Whole, nullable=False),
    Column("scenario", Words, nullable=False),
    Column("seed", Whole, nullable=False),
    Column("clock_us", Whole, nullable=False),
    Column("created_at", Words, nullable=False),
    Column("root", Words, nullable=False),
    Column("parent", Words, ForeignKey("rooms.id")),
    Column("forked_us", Whole),
    Column("name", Words),
    Column("sealed", Whole, nullable=False, server_default="0"),
    Column("class_id", Words, ForeignKey("classes.id")),
    Column("made", Whole, nullable=False),
    # The process that has the room in memory; only it may append. One that was killed may stand there still.
    Column("owner", Words),
    # When a process last had it in memory.
    Column("used_ms", Whole, nullable=False),
    Index("rooms_of_a_family", "root"),
    _where("rooms_of_a_class", "class_id"),
    _where("rooms_of_a_parent", "parent"),
    sqlite_strict=True,
)

log = Table(
    "log",
    metadata,
    Column("room", Words, ForeignKey("rooms.id"), primary_key=True),
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("at_us", Whole, nullable=False),
    Column("actor", Words, nullable=False),
    Column("command", Words, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

classes = Table(
    "classes",
    metadata,
    Column("id", Words, primary_key=True),
    Column("code", Words, unique=True),
    Column("created_at", Words, nullable=False),
    Column("made", Whole, nullable=False),
    Column("owner", Words),
    Column("used_ms", Whole, nullable=False),
    sqlite_strict=True,
)

class_log = Table(
    "class_log",
    metadata,
    Column("class", Words, ForeignKey("classes.id"), primary_key=True),
    Column("seq", Whole, primary_key=True, autoincrement=False),
    Column("wall_ms", Whole, nullable=False),
    Column("actor", Words, nullable=False),
    Column("room", Words, nullable=False),
    Column("at_us", Whole, nullable=False),
    Column("event", Words, nullable=False),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

class_runs = Table(
    "class_runs",
    metadata,
    Column("id", Words, primary_key=True),
    Column("class", Words, ForeignKey("classes.id"), nullable=False),
    Column("outline", Words, nullable=False),
    Column("made", Whole, nullable=False),
    Index("runs_of_a_class", "class"),
    sqlite_strict=True,
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", Words, primary_key=True),
    Column("secret", LargeBinary, nullable=False),
    sqlite_strict=True,
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Words, primary_key=True),
    # As the person signs in; compared without regard to case (``name_folded``).
    Column("name", Words, nullable=False),
    Column("name_folded", Words, nullable=False, unique=True),
    # An argon2 hash; NULL: signs in elsewhere, as ``subject`` of ``issuer``.
    Column("password", Words),
    Column("issuer", Words),
    Column("subject", Words),
    # Raised when all sessions of the account are to end.
    Column("generation", Whole, nullable=False, server_default="1"),
    Column("created_ms", Whole, nullable=False),
    Column("closed", Whole, nullable=False, server_default="0"),
    Index("account_elsewhere", "issuer", "subject", unique=True),
    sqlite_strict=True,
)

invitations = Table(
    "invitations",
    metadata,
    # The SHA-256 of what was sent, in hex: who reads the database cannot use it.
    Column("digest", Words, primary_key=True),
    Column("expires_ms", Whole, nullable=False),
    # Whose password it sets anew; NULL: it is for a new account. What was used is deleted.
    Column("account", Words, ForeignKey("accounts.id")),
    sqlite_strict=True,
)

account_classes = Table(
    "account_classes",
    metadata,
    # Of one account at most: whom its owner has sent out cannot keep it through theirs.
    Column("class", Words, ForeignKey("classes.id"), primary_key=True),
    Column("account", Words, ForeignKey("accounts.id"), nullable=False),
    Index("classes_of_an_account", "account"),
    sqlite_strict=True,
    sqlite_with_rowid=False,
)

# Parents before children.
ALL: tuple[Table, ...] = tuple(metadata.sorted_tables)
