"""What is shown: one file per part of the page, drawn by site/components."""
