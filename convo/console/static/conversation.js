// A conversation opens at its newest text; an address that names a place in it leads there instead.

import { staysAtTheEnd } from "./at_the_end.js";

staysAtTheEnd(document.getElementById("chat"), !location.hash);
