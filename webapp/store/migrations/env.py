"""Alembic runs this. The connection stands in a transaction already, which ends with the last step."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
