"""Names of tables and columns as dlt lands them: small letters, digits and underscores."""

from dlt.common.normalizers.naming.snake_case import NamingConvention

_NAMING = NamingConvention()


def normalized(name: str) -> str:
    """`orderId` → `order_id`, `Created at` → `created_at`."""
    return str(_NAMING.normalize_identifier(name))
