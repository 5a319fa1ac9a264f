"""A source of one's own: sampled, guessed, drafted as staging models, and checked."""
