"""The names of the jobs."""

# Every asset.
JOB = "portrait"
# All but landing: the raw rows stay as they are, corrections included.
JUDGE_AGAIN_JOB = "judge_again"
# A past day, which is a partition.
PAST_JOB = "portraits_as_of"
