"""Branches, their names, and shared runs."""

from alembic import op

from webapp.store.migrations.columns import add_column

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    add_column("rooms", "root TEXT NOT NULL DEFAULT ''")
    add_column("rooms", "parent TEXT REFERENCES rooms (id)")
    add_column("rooms", "forked_us BIGINT")
    add_column("rooms", "name TEXT")
    add_column("rooms", "sealed BIGINT NOT NULL DEFAULT 0")
    op.execute("UPDATE rooms SET root = id")
    op.create_index("rooms_of_a_family", "rooms", ["root"])
