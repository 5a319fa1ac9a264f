"""What a tag says, in a sentence: said once, in the yml of the model that makes it."""

from collections.abc import Iterator, Mapping
from typing import Any

# What stands in the yml of a mart in place of such a sentence.
PLACEHOLDER = "Tag, see tag_catalog"


def tag_descriptions(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Tag key → its description with its values, where they are a list."""
    return {tag["key"]: _described(description, tag) for description, tag in _tags(manifest)}


def personal_tags(manifest: Mapping[str, Any]) -> set[str]:
    """Keys of the tags that say who somebody is."""
    return {tag["key"] for _, tag in _tags(manifest) if tag.get("sensitivity") == "personal"}


def _tags(manifest: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The entry of each tag, with the description of its column."""
    for node in manifest["nodes"].values():
        for column in node.get("columns", {}).values():
            tag = column.get("config", {}).get("meta", {}).get("tag")
            if tag:
                yield column["description"], tag


def _described(description: str, tag: Mapping[str, Any]) -> str:
    values = [one["label"] for group in ("labels", "bands") for one in tag.get(group, ())]
    told = f" Values: {', '.join(dict.fromkeys(map(str, values)))}." if values else ""
    return f"{' '.join(description.split())}{told} Why it holds of a customer: customer_tags."
