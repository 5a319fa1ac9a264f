"""A shop with one raw table, and its folder."""

from tests.orchestration.conftest import hashes, state_folder, warehouse

__all__ = ["hashes", "state_folder", "warehouse"]
