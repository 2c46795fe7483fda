"""Pages for doctors, who come by a link or a code and have no account."""
