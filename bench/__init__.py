"""What the job costs, beside the same SQL without dbt and Dagster, and beside pandas."""
