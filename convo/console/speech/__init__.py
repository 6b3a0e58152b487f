"""What the pages say, in both of their languages: one table for each page."""
