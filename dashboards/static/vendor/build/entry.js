// What the report draws with. Anything not named here is left out of the bundle.
export {
  areaY,
  axisX,
  axisY,
  barX,
  barY,
  dot,
  gridY,
  line,
  lineY,
  plot,
  ruleX,
  ruleY,
  text,
} from "@observablehq/plot";
