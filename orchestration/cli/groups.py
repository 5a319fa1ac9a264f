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
        """Names the first command where options of it come first; help is that of the group."""
        return super().parse_args(ctx, self._named(ctx, args))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command, the first one where none is named."""
        return super().resolve_command(ctx, self._named(ctx, args))

    def _named(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] in self.commands or args[0] in ctx.help_option_names:
            return args
        return [next(iter(self.commands)), *args]
