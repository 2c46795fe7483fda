"""Pages for the front desk: the calendar, booking for a caller, one appointment, the waitlist."""
