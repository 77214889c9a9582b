// Mouse, touch and keys over the image: handles of Gaussians, clicked cells, a dragged rectangle.

const NUDGE_CELLS = 0.25;
const SETTLES_MS = 400; // a burst of arrow keys is one edit
const WAYS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function placeHandles(bench) {
  const { root, tool, gaussians } = bench;
  const over = root.querySelector(".over");
  const count = tool === "spotlight" ? gaussians.length : 0;
  if (over.children.length !== 2 * count) {
    over.replaceChildren(...gaussians.slice(0, count).flatMap((_, place) => ["wide", "middle"].map((kind) => {
      const handle = element("button", `handle ${kind}`);
      handle.type = "button";
      Object.assign(handle.dataset, { kind, place, mark: kind === "middle" ? place + 1 : "" });
      return handle;
    })));
  }
  for (const handle of over.children) placeHandle(bench, handle);
}

function placeHandle({ gaussians, player }, handle) {
  const { kind, place } = handle.dataset;
  const { row, column, sigma, weight } = gaussians[Number(place)];
  const frame = frameFor(player.trace, player.stage.size);
  const wide = kind === "wide" ? sigma : 0;
  handle.style.left = `${held(0, frame.left + (column - 0.5 + wide) * frame.cellWidth, frame.size)}px`;
  handle.style.top = `${frame.top + (row - 0.5) * frame.cellHeight}px`;
  handle.style.opacity = 0.35 + 0.65 * Math.min(1, 2 * weight);
  const name = `Gaussian ${Number(place) + 1}`;
  handle.setAttribute("aria-label", kind === "wide"
    ? `Width of ${name}: ${sigma.toFixed(1)} cells. Left and right arrow keys change it.`
    : `${name}: row ${row.toFixed(1)}, column ${column.toFixed(1)}. Arrow keys move it.`);
}

// Position of the pointer, in cells (the center of the first cell is 1, 1) and in shares of the image.
function pointAt({ player }, { clientX, clientY }) {
  const box = player.part("image").getBoundingClientRect();
  const frame = frameFor(player.trace, player.stage.size);
  const [x, y] = [clientX - box.left - frame.left, clientY - box.top - frame.top];
  return {
    column: x / frame.cellWidth + 0.5, row: y / frame.cellHeight + 0.5, across: x / frame.width, down: y / frame.height,
  };
}

function moved(bench, { kind, place }, point) {
  const old = bench.gaussians[Number(place)];
  const change = kind === "wide" ? { sigma: Math.abs(point.column - old.column) } : { row: point.row, column: point.column };
  bench.preview(Number(place), change);
}

function nudge(bench, event) {
  const handle = event.target.closest(".handle");
  const way = WAYS[event.key];
  if (!handle || !way || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const { kind, place } = handle.dataset;
  const { row, column, sigma } = bench.gaussians[Number(place)];
  const [down, across] = way.map((step) => step * (event.shiftKey ? 1 : NUDGE_CELLS));
  bench.preview(Number(place), kind === "wide" ? { sigma: sigma + across - down } : { row: row + down, column: column + across });
  clearTimeout(bench.settling);
  bench.settling = setTimeout(() => bench.wish(bench.mixed(bench.gaussians)), SETTLES_MS);
}

// Undo and redo are handled by the page.
function undoes({ ctrlKey, metaKey, key }) {
  return (ctrlKey || metaKey) && key.toLowerCase() === "z";
}

function listenToPointer(bench, signal) {
  const { root, player } = bench;
  const on = (target, event, act) => target.addEventListener(event, act, { signal });
  const [over, image] = [root.querySelector(".over"), player.part("image")];
  // the player listens on the same root: events of a handle must not step it
  on(over, "click", (event) => event.stopPropagation());
  on(over, "keydown", (event) => {
    if (!undoes(event)) event.stopPropagation();
    nudge(bench, event);
  });
  on(over, "pointerdown", (event) => {
    bench.grip = event.target.closest(".handle");
    bench.grip?.setPointerCapture(event.pointerId);
  });
  on(over, "pointermove", (event) => bench.grip && moved(bench, bench.grip.dataset, pointAt(bench, event)));
  on(over, "pointerup", () => {
    if (bench.grip && bench.touched) bench.wish(bench.mixed(bench.gaussians));
    bench.grip = null;
  });
  on(over, "pointercancel", () => (bench.grip = null));
  on(image, "pointerdown", (event) => {
    if (bench.tool === "hide") bench.corner = pointAt(bench, event);
  });
  on(image, "pointerup", (event) => hideDragged(bench, pointAt(bench, event)));
  on(image, "click", (event) => {
    const box = image.getBoundingClientRect();
    const cell = player.stage.cellAt(event.clientX - box.left, event.clientY - box.top);
    const { columns } = player.trace;
    if (cell !== null) bench.wish(clickWish(bench, [Math.floor(cell / columns), cell % columns]));
  });
}

function hideDragged(bench, point) {
  const { corner, data, player } = bench;
  bench.corner = null;
  if (corner) bench.wish({ hidden: [...data.done.hidden, boxOf(corner, point, player.trace.image)] });
}
