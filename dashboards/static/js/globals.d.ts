// What the page has before its own script runs: static/vendor/plot.js.

declare const Plot: typeof import("@observablehq/plot");
