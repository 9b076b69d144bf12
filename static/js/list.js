// What attributes of htmx cannot say: that a request failed, and where the focus goes when what had it is gone.
const failed = () => document.getElementById("failed");

for (const name of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => { failed().hidden = false; });
}
document.addEventListener("htmx:beforeRequest", () => { failed().hidden = true; });

let used; // what had the focus before the swap
document.addEventListener("htmx:beforeSwap", () => { used = document.activeElement; });
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id !== "results" || document.activeElement !== document.body) return;
  const alike = used.name ? [...document.getElementsByName(used.name)] : [];
  // The box of a country is gone once it is unticked: on with the text beside it.
  const next = alike.find((one) => one.value === used.value) ?? document.getElementById(`${used.name}-typed`);
  (next ?? event.target).focus({ preventScroll: true });
});

// Sent, the sheet of a phone gives way to the results. Beside a wide list the form is always open.
document.addEventListener("submit", (event) => {
  if (event.target.id === "filter-form") event.target.closest("details").open = false;
});
