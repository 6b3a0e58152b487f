// A drawing that is larger than its frame is shown from its beginning.

import { fromTheBeginning } from "./centring.js";

const picture = document.querySelector(".picture");
new ResizeObserver(() => fromTheBeginning(picture)).observe(picture);
