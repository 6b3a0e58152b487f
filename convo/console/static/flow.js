// A drawing that is larger than its frame is shown from its first step on.

import { centre, firstStep } from "./centring.js";

const picture = document.querySelector(".picture");
const shown = firstStep(picture);
if (shown) new ResizeObserver(() => centre(picture, shown)).observe(picture);
