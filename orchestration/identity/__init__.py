"""What the user has decided about who is who."""
