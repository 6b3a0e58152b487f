"""`python -m convo.cli`, for where the script `convo` is not on the path."""

from convo.cli import main

main(prog_name="convo")
