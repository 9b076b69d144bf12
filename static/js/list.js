// What attributes of htmx cannot say: that a request failed, and where the focus goes when what had it is gone.
const failed = () => document.getElementById("failed");

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => { failed().hidden = false; });
}
document.addEventListener("htmx:beforeRequest", () => { failed().hidden = true; });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "results" && document.activeElement === document.body) {
    // The box of a country is gone once it is unticked: on with the text beside it.
    const used = document.getElementById(event.detail.requestConfig.elt.id);
    (used?.querySelector("input[list]") ?? event.target).focus({ preventScroll: true });
  }
});
