"""Parts of the pages of a session that client and therapist share."""
