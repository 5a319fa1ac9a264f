"""Bad rows: listed, explained, handed to a person and judged again."""
