"""What says who somebody is: said in the yml of a mart, or in the entry of a tag."""

from orchestration.project import Project
from orchestration.warehouse.current_manifest import current_manifest
from orchestration.warehouse.published_marts import published_marts


def test_columns_that_say_who_somebody_is_are_named(project: Project) -> None:
    marts = published_marts(current_manifest(project))
    personal = {
        name: [column.name for column in mart.columns if column.is_personal]
        for name, mart in marts.items()
    }
    assert {name: columns for name, columns in personal.items() if columns} == {
        "customer_profiles": [
            *("identity_evidence", "gender", "age_band", "occupation", "education"),
            *("income_band", "marital_status", "household_size", "household_type"),
            *("household_id", "household_customer_count", "household_found_by"),
            *("home_ownership", "language", "country", "region", "city", "has_children"),
        ]
    }
