"""What Dagster shows: assets, checks, jobs, schedules and sensors, each a few lines."""
