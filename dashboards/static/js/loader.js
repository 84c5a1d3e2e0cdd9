// Starts the scripts that the page carries deflated: the chart library, then the page's own. The policy of the page knows
// both by their hashes, so nothing else can be started in their place.

import { byId } from "./elements.js";
import { inflate } from "./inflate.js";

async function load() {
  for (const id of ["library", "script"]) {
    const script = document.createElement("script");
    script.textContent = await inflate(byId(id).textContent ?? "");
    document.body.append(script);
  }
}

load().catch((error) => {
  byId("failure").hidden = false;
  reportError(error);
});
