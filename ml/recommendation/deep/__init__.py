"""Recommenders that are trained as neural networks, by the extra `deep`."""
