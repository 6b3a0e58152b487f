"""E-mail: nothing comes in, and what goes out goes by SMTP."""

from tests.providers.sheets import Sheet

PASSWORD = "letterbox-0123456789"
SHEET = Sheet(
    settings={
        "host": "127.0.0.1",
        "sender": "hello@greenleaf.example",
        "subject": "News",
        "username": "greenleaf",
        "password": PASSWORD,
    },
    secrets=(PASSWORD,),
)
