"""Landing: files become raw tables, checked and unchanged."""
