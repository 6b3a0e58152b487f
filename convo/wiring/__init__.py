"""Who is plugged into whom: the only room that knows brands, stores and loops.

`brands` says who there is, `authored` reads what was written, `secret` keeps what signs our
links, `logs` sets the loggers, and `serving` puts it all together; `levels` and `probes` are what
operators look by, and `rehearsing` puts a business together for a test. The command line imports
no more of it than a command needs.
"""

from convo.wiring.brands import PROVIDERS, STORES, Brand

__all__ = ["PROVIDERS", "STORES", "Brand"]
