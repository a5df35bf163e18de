"""Who has a room or class in memory, when it was made and used, and teachers' accounts."""

import sqlalchemy as sa
from alembic import op

from webapp.store.migrations.columns import add_column
from webapp.store.tables import Whole

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    for table in ("rooms", "classes"):
        add_column(table, "made BIGINT NOT NULL DEFAULT 0")
        add_column(table, "owner TEXT")
        add_column(table, "used_ms BIGINT NOT NULL DEFAULT 0")
    add_column("class_runs", "made BIGINT NOT NULL DEFAULT 0")
    there = sa.text("parent IS NOT NULL")
    op.create_index("rooms_of_a_parent", "rooms", ["parent"], sqlite_where=there, postgresql_where=there)
    if op.get_context().dialect.name == "sqlite":
        _number_what_is_there()
        # What knew only the version before refuses the file by this number.
        op.execute("PRAGMA user_version = 4")
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_folded", sa.Text, nullable=False, unique=True),
        sa.Column("password", sa.Text),
        sa.Column("issuer", sa.Text),
        sa.Column("subject", sa.Text),
        sa.Column("generation", Whole, nullable=False, server_default="1"),
        sa.Column("created_ms", Whole, nullable=False),
        sa.Column("closed", Whole, nullable=False, server_default="0"),
        sqlite_strict=True,
    )
    op.create_index("account_elsewhere", "accounts", ["issuer", "subject"], unique=True)
    op.create_table(
        "invitations",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("expires_ms", Whole, nullable=False),
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.id")),
        sqlite_strict=True,
    )
    op.create_table(
        "account_classes",
        sa.Column("class", sa.Text, sa.ForeignKey("classes.id"), primary_key=True),
        sa.Column("account", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("classes_of_an_account", "account_classes", ["account"])


def _number_what_is_there() -> None:
    """Only SQLite had anything before: its rows are in the order in which they were made."""
    for table in ("rooms", "classes", "class_runs"):
        op.execute(f"UPDATE {table} SET made = rowid")
    for table in ("rooms", "classes"):
        op.execute(f"UPDATE {table} SET used_ms = 1000 * unixepoch(created_at)")
