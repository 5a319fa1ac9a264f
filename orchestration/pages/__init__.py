"""Pages on the published snapshot: files that open without a server, and a customer's page."""
