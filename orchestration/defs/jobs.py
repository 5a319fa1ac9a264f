"""The names of the jobs."""

# Every asset.
JOB = "portrait"
# All but landing: the raw rows stay as they are, corrections included.
WITHOUT_LANDING_JOB = "portrait_without_landing"
# A past day, which is a partition.
PAST_JOB = "portraits_as_of"
