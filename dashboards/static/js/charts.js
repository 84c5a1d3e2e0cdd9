// What every drawn chart has in common: one name for the whole picture. The marks' own labels would be read out one by
// one, so they become data; the words are in the slider over the chart and in the table under it.

function nameChart(svg, label) {
  for (const mark of svg.querySelectorAll("[aria-label]")) {
    mark.dataset.mark = mark.getAttribute("aria-label");
    mark.removeAttribute("aria-label");
  }
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
}
