"""A new column of a table that is there, in the words that both databases take. SQLite's kind of whole number is
INTEGER; and Alembic would not give it a column that refers to another table."""

from alembic import op


def add_column(table: str, column: str) -> None:
    if op.get_context().dialect.name == "sqlite":
        column = column.replace("BIGINT", "INTEGER")
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")
