"""The orchestration of Portrait: one Dagster job from raw files to a published snapshot."""
