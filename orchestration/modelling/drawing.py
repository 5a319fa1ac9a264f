"""A sample of customers that stands for all, each with all of their rows."""

_BUCKETS = 10_000


def drawn_customers(rows: int, most_rows: int) -> str:
    """A condition on `customer_id`: of some rows it keeps about `most_rows`, or all.

    A hash of the customer decides, so that the same are drawn from the same data on any day.

    Args:
        rows: How many rows there are of all customers.
        most_rows: About so many are to be left.
    """
    share = min(_BUCKETS, _BUCKETS * most_rows // max(rows, 1))
    return f"md5_number_lower(customer_id) % {_BUCKETS} < {share}"
