"""Pages with which the owner sets the practice up and keeps it so."""
