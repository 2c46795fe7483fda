"""A practice to look around in: made-up people, real answers of the clinical core."""
