"""A plan for people: words first, then what they rest on, in a terminal and as a page. Nothing is reckoned here."""
