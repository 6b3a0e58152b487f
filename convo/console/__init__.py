"""The pages for people at a desk: first the phone on which a flow is tried out."""
