"""Rooms and their logs."""

import sqlalchemy as sa
from alembic import op

from webapp.store.tables import Whole

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "rooms",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("engine_version", Whole, nullable=False),
        sa.Column("scenario", sa.Text, nullable=False),
        sa.Column("seed", Whole, nullable=False),
        sa.Column("clock_us", Whole, nullable=False),
        sa.Column("created_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "log",
        sa.Column("room", sa.Text, sa.ForeignKey("rooms.id"), primary_key=True),
        sa.Column("seq", Whole, primary_key=True, autoincrement=False),
        sa.Column("at_us", Whole, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
