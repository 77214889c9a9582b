// The moment in the address bar, so that a link or a reload comes back to it.

const WRITES_APART_MS = 250;

class Address {
  constructor() {
    this.timer = null;
    this.waiting = null;
  }

  // The moment named in the address, or null.
  static moment() {
    const text = new URLSearchParams(location.search).get("moment");
    return /^\d+$/.test(text ?? "") ? Number(text) : null;
  }

  // Browsers limit how often an address may change: only the last of a burst is written.
  write(moment) {
    this.waiting = moment;
    this.timer ??= setTimeout(() => this.flush(), WRITES_APART_MS);
  }

  flush() {
    this.timer = null;
    const url = new URL(location.href);
    if (url.searchParams.get("moment") === String(this.waiting)) return;
    url.searchParams.set("moment", String(this.waiting));
    try {
      history.replaceState(history.state, "", url);
    } catch {
      // A page without an address of its own (about:blank, a sandboxed frame) may not change it.
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}
