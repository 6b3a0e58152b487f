"""Writes docs/reference anew from the code."""

from convo.cli import flow_reference, settings_reference

if __name__ == "__main__":
    for reference in (settings_reference, flow_reference):
        reference.PAGE.parent.mkdir(parents=True, exist_ok=True)
        reference.PAGE.write_text(reference.page(), "utf-8")
        print(f"{reference.PAGE} is written anew.")
