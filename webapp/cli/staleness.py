import click


@click.command()
def staleness() -> None:
    """(being written)"""
