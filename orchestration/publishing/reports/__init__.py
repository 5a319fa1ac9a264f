"""Pictures for people, a file each, beside the marts of a version."""
