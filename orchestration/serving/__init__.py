"""The API: what is published, asked by services; it reads nothing but the snapshot."""
