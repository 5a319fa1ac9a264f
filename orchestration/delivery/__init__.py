"""What goes out of its own accord: changes of portraits, to whoever wants to be told."""
