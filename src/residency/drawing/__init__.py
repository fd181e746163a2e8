"""What all plots have in common. In go figures of matplotlib, out come SVG texts, the same bytes each time, in the
pages' own colours where a page shows them. What is plotted is the business of whoever plots it."""
