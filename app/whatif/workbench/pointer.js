// Mouse, touch and keys over the image: handles of Gaussians, clicked cells, a dragged rectangle.

const NUDGE_CELLS = 0.25;
const SEND_DELAY_MS = 400; // a burst of arrow keys is one edit
const DIRECTIONS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }; // rows, columns

function placeHandles(workbench) {
  const { root, tool, gaussians } = workbench;
  const overlay = root.querySelector(".overlay");
  const count = tool === "spotlight" ? gaussians.length : 0;
  if (overlay.children.length !== 2 * count) {
    overlay.replaceChildren(...gaussians.slice(0, count).flatMap((_, index) => ["width", "center"].map((kind) => {
      const handle = element("button", `handle ${kind}`);
      handle.type = "button";
      Object.assign(handle.dataset, { kind, index, mark: kind === "center" ? index + 1 : "" });
      return handle;
    })));
  }
  for (const handle of overlay.children) placeHandle(workbench, handle);
}

function placeHandle({ gaussians, player }, handle) {
  const { kind, index } = handle.dataset;
  const { row, column, sigma, weight } = gaussians[Number(index)];
  const { frame } = player.stage;
  const offset = kind === "width" ? sigma : 0;
  handle.style.left = `${clamp(0, (column - 0.5 + offset) * frame.cellWidth, frame.width)}px`;
  handle.style.top = `${(row - 0.5) * frame.cellHeight}px`;
  handle.style.opacity = 0.35 + 0.65 * Math.min(1, 2 * weight);
  const name = `Gaussian ${Number(index) + 1}`;
  handle.setAttribute("aria-label", kind === "width"
    ? `Width of ${name}: ${sigma.toFixed(1)} cells. Left and right arrow keys change it.`
    : `${name}: row ${row.toFixed(1)}, column ${column.toFixed(1)}. Arrow keys move it.`);
}

// Position of the pointer, in cells (the center of the first cell is 1, 1) and in shares of the image.
function pointAt({ player }, { clientX, clientY }) {
  const box = player.part("image").getBoundingClientRect();
  const { frame } = player.stage;
  const [x, y] = [clientX - box.left, clientY - box.top];
  return {
    column: x / frame.cellWidth + 0.5, row: y / frame.cellHeight + 0.5, across: x / frame.width, down: y / frame.height,
  };
}

function dragHandle(workbench, { kind, index }, { row, column }) {
  const center = workbench.gaussians[Number(index)].column;
  workbench.preview(Number(index), kind === "width" ? { sigma: Math.abs(column - center) } : { row, column });
}

function nudgeHandle(workbench, event) {
  const handle = event.target.closest(".handle");
  const direction = DIRECTIONS[event.key];
  if (!handle || !direction || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  const { kind, index } = handle.dataset;
  const { row, column, sigma } = workbench.gaussians[Number(index)];
  const [down, across] = direction.map((cells) => cells * (event.shiftKey ? 1 : NUDGE_CELLS));
  const changes = kind === "width" ? { sigma: sigma + across - down } : { row: row + down, column: column + across };
  workbench.preview(Number(index), changes);
  clearTimeout(workbench.sendTimer);
  workbench.sendTimer = setTimeout(() => workbench.sendGaussians(), SEND_DELAY_MS);
}

// Undo and redo are handled by the page.
function isUndo({ ctrlKey, metaKey, key }) {
  return (ctrlKey || metaKey) && key.toLowerCase() === "z";
}

function listenToPointer(workbench, signal) {
  const { root, player } = workbench;
  const on = (target, event, handler) => target.addEventListener(event, handler, { signal });
  const [overlay, image] = [root.querySelector(".overlay"), player.part("image")];
  // the player listens on the same root: events of a handle must not step it
  on(overlay, "click", (event) => event.stopPropagation());
  on(overlay, "keydown", (event) => {
    if (!isUndo(event)) event.stopPropagation();
    nudgeHandle(workbench, event);
  });
  on(overlay, "pointerdown", (event) => {
    workbench.grabbed = event.target.closest(".handle");
    workbench.grabbed?.setPointerCapture(event.pointerId);
  });
  on(overlay, "pointermove", (event) => {
    if (workbench.grabbed) dragHandle(workbench, workbench.grabbed.dataset, pointAt(workbench, event));
  });
  on(overlay, "pointerup", () => {
    if (workbench.grabbed && workbench.previewed) workbench.sendGaussians();
    workbench.grabbed = null;
  });
  on(overlay, "pointercancel", () => (workbench.grabbed = null));
  on(image, "pointerdown", (event) => {
    if (workbench.tool === "hide") workbench.corner = pointAt(workbench, event);
  });
  on(image, "pointerup", (event) => hideDragged(workbench, pointAt(workbench, event)));
  on(image, "click", (event) => {
    const box = image.getBoundingClientRect();
    const cell = player.stage.cellAt(event.clientX - box.left, event.clientY - box.top);
    const { columns } = player.trace;
    if (cell !== null) workbench.send(clickRequest(workbench, [Math.floor(cell / columns), cell % columns]));
  });
}

function hideDragged(workbench, point) {
  const { corner, data, player } = workbench;
  workbench.corner = null;
  if (corner) workbench.send({ hidden: [...data.interventions.hidden, boxOf(corner, point, player.trace.image)] });
}
