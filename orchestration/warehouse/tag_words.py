"""What a tag says, in a sentence: said once, in the yml of the model that makes it."""

from collections.abc import Mapping
from typing import Any

# What stands in the yml of a mart in place of such a sentence.
PLACEHOLDER = "Tag, see tag_catalog"


def tag_descriptions(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Tag key → its description with its values, where they are a list."""
    found = {}
    for node in manifest["nodes"].values():
        for column in node.get("columns", {}).values():
            tag = column.get("config", {}).get("meta", {}).get("tag")
            if tag:
                found[tag["key"]] = _described(column["description"], tag)
    return found


def _described(description: str, tag: Mapping[str, Any]) -> str:
    values = [one["label"] for group in ("labels", "bands") for one in tag.get(group, ())]
    told = f" Values: {', '.join(dict.fromkeys(map(str, values)))}." if values else ""
    return f"{' '.join(description.split())}{told} Why it holds of a customer: customer_tags."
