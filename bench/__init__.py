"""What is claimed about speed, and the command that shows it: `make bench`."""
