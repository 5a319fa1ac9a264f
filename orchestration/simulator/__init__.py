"""A shop that never was: simulated source systems, and the truth behind them."""
