"""What a run is: whether one is needed, how it is started, what the last ones did."""
