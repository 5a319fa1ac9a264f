"""Tables of the warehouse to `ml` and back: segments, predictions, how good they are."""
