"""Which records without a shared identifier are one person's, as far as it can be told."""
