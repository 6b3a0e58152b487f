"""What an ASGI server runs: `uvicorn app:app`. The usual way is `convo run`."""

from pathlib import Path

from convo.asgi import application

app = application(Path(__file__).parent)
