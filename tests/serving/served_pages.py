"""The published folder of the pages' tests, with the files of customers and of pages beside it.

Beside those of its shops there is a customer for each name that tries to act.
"""

from pathlib import Path

import duckdb

from orchestration.pages.site import write_site
from orchestration.publishing.snapshot import PERSONAL
from orchestration.publishing.versions import new_version
from orchestration.serving.customer_file import write_customers
from tests.hostile import VALUES
from tests.pages.names import AS_OF
from tests.pages.shop import make_snapshot
from tests.serving.served_shop import NOON

HOSTILE = [f"web:{value}" for value in VALUES]
PERSONAL_WORDS = ("Springfield", "female", "with children", ">has children<", "a***@x.org")
"""What the page of till:1, typical of the second segment, tells of who they are."""
_PERSONAL_COLUMNS = ("gender", "city", "occupation", "has_children")
_PREPARED = """
    update customer_profiles set city = 'Springfield', gender = 'female', has_children = true
    where customer_id = 'till:1';
    update tag_catalog set sensitivity = 'internal';
"""


def publish_pages(published: Path) -> str:
    """Publishes a version; gives its name."""
    with new_version(published, NOON, 3) as folder:
        make_snapshot(folder)
        with duckdb.connect(folder / "marts.duckdb") as marts:
            marts.execute(_PREPARED)
            for column in _PERSONAL_COLUMNS:
                said = f"comment on column customer_profiles.{column} is 'Said. {PERSONAL}'"
                marts.execute(said)
            marts.executemany(_CUSTOMER, [[one] for one in HOSTILE])
            marts.executemany(_KEY, [[one.partition(":")[2], one] for one in HOSTILE])
        (folder / "models" / "lantern" / "repurchase-abc.model").write_bytes(b"a model")
        write_customers(folder, published / "current")
        write_site(folder)
    return (published / "current").readlink().name


_CUSTOMER = f"""
    insert into customer_profiles by name
    select 'lantern' as shop, ? as customer_id, {AS_OF} as as_of_date, 'new' as lifecycle_stage,
        1 as order_count, 1000 as total_spend, 'web' as source_systems, 1 as source_key_count
"""
_KEY = """
    insert into customer_identifiers by name
    select 'lantern' as shop, 'web' as source_system, ? as source_customer_id, ? as customer_id
"""
