// One chart in SVG: axes, lines, cursor and readout. It is redrawn from its data; its host holds the zoom and cursor.

const HEIGHT_PX = 230;
const EDGE = { top: 10, right: 8, bottom: 22, left: 46 };
const DASHES = { solid: "", dash: "7 4", dot: "2 3", dashdot: "8 3 2 3", longdash: "13 4" };

class Chart {
  constructor(host) {
    this.host = host;
    this.element = document.createElement("figure");
    this.element.innerHTML =
      '<figcaption><b></b><span></span></figcaption><div class="plot"><svg tabindex="0" role="img"></svg>' +
      '<div class="readout" hidden></div></div>';
    this.svg = this.element.querySelector("svg");
    this.readout = this.element.querySelector(".readout");
    this.listen();
  }

  load(data) {
    this.data = data;
    this.element.querySelector("b").textContent = data.title;
    this.element.querySelector("span").textContent = data.about;
    this.svg.setAttribute("aria-label", `${data.title}. ${data.about} ${this.host.keys}`);
  }

  get width() {
    return Math.max(160, this.element.clientWidth);
  }

  // Maps values to positions in px, and x positions back to updates.
  scales() {
    const [from, to] = this.host.range();
    const lines = this.data.lines.filter(({ run }) => !this.host.hidden.has(run));
    const { log, reference } = this.data;
    const found = rangeOf(lines, from, to, log, reference?.y ?? null);
    const [low, high] = found ?? [log ? 0.1 : 0, 1];
    const bend = log ? Math.log10 : (value) => value;
    const wide = this.width - EDGE.left - EDGE.right;
    const tall = HEIGHT_PX - EDGE.top - EDGE.bottom;
    return {
      from, to, low, high, lines, empty: found === null,
      x: (value) => EDGE.left + ((value - from) / (to - from || 1)) * wide,
      y: (value) => EDGE.top + tall * (1 - (bend(value) - bend(low)) / (bend(high) - bend(low) || 1)),
      updateAt: (px) => from + Math.min(1, Math.max(0, (px - EDGE.left) / wide)) * (to - from),
    };
  }

  draw() {
    const at = this.scales();
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${HEIGHT_PX}`);
    this.svg.setAttribute("height", HEIGHT_PX);
    const parts = [this.axes(at)];
    if (at.empty) parts.push(`<text class="empty" x="${this.width / 2}" y="${HEIGHT_PX / 2}">no values yet</text>`);
    else parts.push(this.paths(at), this.reference(at));
    parts.push(this.marks(at));
    this.svg.innerHTML = parts.join("");
    this.showReadout(at);
  }

  axes(at) {
    const { log } = this.data;
    const right = this.width - EDGE.right;
    const rows = ticksOf(at.low, at.high, 4, log).map((tick) => {
      const y = at.y(tick).toFixed(1);
      return `<line class="grid" x1="${EDGE.left}" x2="${right}" y1="${y}" y2="${y}"/>` +
        `<text x="${EDGE.left - 6}" y="${y}" dy="0.35em" text-anchor="end">${readable(tick)}</text>`;
    });
    const ticks = ticksOf(at.from, at.to, Math.max(2, this.width / 110), false);
    const columns = ticks.filter((tick) => at.x(tick) < right - 66).map((tick) =>
      `<text x="${at.x(tick).toFixed(1)}" y="${HEIGHT_PX - 6}" text-anchor="middle">${readable(tick)}</text>`);
    const title = `<text x="${right}" y="${HEIGHT_PX - 6}" text-anchor="end">${this.host.data.x_axis} →</text>`;
    return rows.join("") + columns.join("") + title;
  }

  paths(at) {
    const clip = `clip-${this.data.id}`;
    const box = `x="${EDGE.left}" y="0" width="${this.width - EDGE.left - EDGE.right}" height="${HEIGHT_PX}"`;
    const drawn = at.lines.map(({ run, x, y, marks }) => {
      const style = this.host.style(run);
      const points = x.map((value, place) => [at.x(value), at.y(y[place])]).filter(([, height]) => isFinite(height));
      const path = points.map(([left, top]) => `${left.toFixed(1)},${top.toFixed(1)}`).join(" ");
      const dots = marks && points.length < 60
        ? points.map(([left, top]) => `<circle cx="${left.toFixed(1)}" cy="${top.toFixed(1)}" r="2.2" fill="${style.color}"/>`)
        : [];
      return `<polyline class="line" points="${path}" stroke="${style.color}" stroke-width="${style.width}" ` +
        `stroke-dasharray="${DASHES[style.dash]}"/>${dots.join("")}`;
    });
    return `<clipPath id="${clip}"><rect ${box}/></clipPath><g clip-path="url(#${clip})">${drawn.join("")}</g>`;
  }

  reference(at) {
    const { reference } = this.data;
    if (!reference) return "";
    const y = at.y(reference.y);
    // Curves usually rise, so there is space above them on the left and below them on the right.
    const high = y < HEIGHT_PX / 2;
    const place = high ? `x="${EDGE.left + 4}"` : `x="${this.width - EDGE.right - 2}" text-anchor="end"`;
    const under = high ? y < 22 : y + 16 < HEIGHT_PX - EDGE.bottom;
    return `<line class="reference" x1="${EDGE.left}" x2="${this.width - EDGE.right}" y1="${y}" y2="${y}"/>` +
      `<text ${place} y="${under ? y + 14 : y - 5}">${reference.text}</text>`;
  }

  // The cursor, and the range being selected for zooming.
  marks(at) {
    const { cursor, choosing } = this.host;
    const bottom = HEIGHT_PX - EDGE.bottom;
    let drawn = "";
    if (choosing) {
      const [left, right] = choosing.map(at.x).sort((one, other) => one - other);
      drawn += `<rect class="choosing" x="${left}" y="${EDGE.top}" width="${right - left}" height="${bottom - EDGE.top}"/>`;
    }
    if (cursor !== null && cursor >= at.from && cursor <= at.to) {
      drawn += `<line class="cursor" x1="${at.x(cursor)}" x2="${at.x(cursor)}" y1="${EDGE.top}" y2="${bottom}"/>`;
    }
    return drawn;
  }

  showReadout(at) {
    const { cursor } = this.host;
    this.readout.hidden = cursor === null || at.empty;
    if (this.readout.hidden) return;
    const rows = at.lines.filter(({ x }) => x.length).map(({ run, x, y }) => {
      const place = nearest(x, cursor);
      const row = document.createElement("div");
      const dot = document.createElement("i");
      dot.style.background = this.host.style(run).color;
      row.append(dot, readable(y[place]));
      if (at.lines.length > 1) row.append(`  ${this.host.style(run).name}`);
      return row;
    });
    const place = document.createElement("div");
    place.textContent = `${this.host.data.x_axis} ${readable(cursor)}`;
    this.readout.replaceChildren(place, ...rows);
    const left = at.x(cursor) > this.width / 2;
    this.readout.style.left = left ? `${EDGE.left + 6}px` : "auto";
    this.readout.style.right = left ? "auto" : `${EDGE.right + 6}px`;
  }

  listen() {
    const here = (event) => this.scales().updateAt(event.clientX - this.svg.getBoundingClientRect().left);
    this.svg.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.svg.setPointerCapture(event.pointerId);
      this.host.choose([here(event), here(event)]);
    });
    this.svg.addEventListener("pointermove", (event) => this.host.point(here(event)));
    this.svg.addEventListener("pointerup", () => this.host.chosen());
    this.svg.addEventListener("pointercancel", () => this.host.choose(null));
    this.svg.addEventListener("pointerleave", () => this.host.point(null));
    this.svg.addEventListener("dblclick", () => this.host.zoom(null));
    this.svg.addEventListener("keydown", (event) => {
      if (this.host.press(event.key)) event.preventDefault();
    });
  }
}
