"""Pure functions from feature tables to model outputs: no database, no scheduler."""
