"""A group of commands as its help lists it."""

import click


class InOrder(click.Group):
    """Lists its commands as they were added: in the order in which one comes to need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in that order."""
        return list(self.commands)
