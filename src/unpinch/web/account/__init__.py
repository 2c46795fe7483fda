"""Pages about accounts: logging in, one's own account, the people of a practice, the record book."""
