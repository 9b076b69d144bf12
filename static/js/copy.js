// A button that copies a text, as rich text too (templates/components/copy.html). It shows itself only where it works.
const copied = async ({ text, html }) => {
  if (!html || !window.ClipboardItem) return navigator.clipboard.writeText(text);
  const parts = { "text/plain": text, "text/html": html };
  const blobs = Object.entries(parts).map(([type, part]) => [type, new Blob([part], { type })]);
  try {
    await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
  } catch {
    await navigator.clipboard.writeText(text);
  }
};

customElements.define("copy-button", class extends HTMLElement {
  connectedCallback() {
    this.hidden = !navigator.clipboard; // which a page without TLS has not
    this.querySelector("button").onclick = () => this.copy();
  }

  async copy() {
    const said = this.querySelector("[aria-live]");
    said.textContent = ""; // so that a second time is heard as well
    try {
      await copied(this.dataset);
      said.textContent = this.dataset.copied;
    } catch {
      said.textContent = this.dataset.failed;
    }
  }
});
