"""What speaks to the world: mail, calendar files, the clock."""
