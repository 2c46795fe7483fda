"""Pages for those who work in the practice: the day, the week, an appointment with its intake."""
