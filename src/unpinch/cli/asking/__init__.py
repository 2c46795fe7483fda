"""The interview in a terminal: pages that know nothing of terminals, and two terminals that show them."""
