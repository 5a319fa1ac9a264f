"""A group of commands as its help lists it."""

import click


class InOrder(click.Group):
    """Lists its commands as they were added: in the order in which one comes to need them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in that order."""
        return list(self.commands)


class FirstByDefault(InOrder):
    """Takes what names none of its commands as arguments of the first one."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Names the first command where none is named; help is still that of the group."""
        is_named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        if args and not is_named:
            args = [next(iter(self.commands)), *args]
        return super().parse_args(ctx, args)
