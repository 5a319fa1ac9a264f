"""The state folder: whose it is, one run at a time, files as a whole or not at all."""
