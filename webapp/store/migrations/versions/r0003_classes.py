"""Classes, their logs and replays, and the site's secrets."""

import sqlalchemy as sa
from alembic import op

from webapp.store.migrations.columns import add_column
from webapp.store.tables import Whole

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "classes",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("code", sa.Text, unique=True),
        sa.Column("created_at", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_table(
        "class_log",
        sa.Column("class", sa.Text, sa.ForeignKey("classes.id"), primary_key=True),
        sa.Column("seq", Whole, primary_key=True, autoincrement=False),
        sa.Column("wall_ms", Whole, nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("room", sa.Text, nullable=False),
        sa.Column("at_us", Whole, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_table(
        "class_runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("class", sa.Text, sa.ForeignKey("classes.id"), nullable=False),
        sa.Column("outline", sa.Text, nullable=False),
        sqlite_strict=True,
    )
    op.create_index("runs_of_a_class", "class_runs", ["class"])
    add_column("rooms", "class_id TEXT REFERENCES classes (id)")
    there = sa.text("class_id IS NOT NULL")
    op.create_index("rooms_of_a_class", "rooms", ["class_id"], sqlite_where=there, postgresql_where=there)
    op.create_table(
        "secrets",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sqlite_strict=True,
    )
