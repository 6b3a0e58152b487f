"""Writes docs/reference anew from the code."""

from convo.cli import flow_reference, reference

if __name__ == "__main__":
    reference.main()
    flow_reference.main()
