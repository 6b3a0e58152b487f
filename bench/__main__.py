"""Prints every figure in one run: the engine alone, then Convo beside two hand-written bots.

The bot under test has core 0 for itself; phones and provider share core 1. Figures are to be read
as ratios of one run: machines are noisy.
"""

from bench import engine
from bench.contestants import by_hand, convo
from bench.side_by_side import Bot, compared

BOTS = {
    "starlette + httpx": Bot(start=by_hand("bench.bots.with_httpx:app"), conversations=320),
    "starlette + aiohttp": Bot(start=by_hand("bench.bots.with_aiohttp:app"), conversations=1_280),
    "Convo": Bot(start=convo(), conversations=2_560),
}
ROUNDS = 3


def main() -> None:
    print("one turn of the pure engine, record read and written:")
    for text, microseconds in engine.measure().items():
        print(f"  {text!r:16} {microseconds:6.0f} us")
    compared(BOTS, ROUNDS, "SQLite")


if __name__ == "__main__":
    main()
