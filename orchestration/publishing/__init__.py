"""The published snapshot: made in one move, compared, read, told in words."""
