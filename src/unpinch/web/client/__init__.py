"""Pages for a client who has an account."""
