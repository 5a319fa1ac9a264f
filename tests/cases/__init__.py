"""Small files as shops really export them, brought in as a new user would."""
