// Mouse, touch and keys of the sandbox, and the words of the page that highlight a part of it.

function listen(sandbox, signal) {
  const { root } = sandbox;
  const on = (target, event, act) => target.addEventListener(event, act, { signal });
  const handles = root.querySelector(".handles");
  on(handles, "pointerdown", (event) => startDrag(sandbox, event));
  on(handles, "pointermove", (event) => drag(sandbox, event));
  on(handles, "keydown", (event) => moveByKey(sandbox, event));
  on(root.querySelector(".image"), "click", (event) => {
    const target = ["glimpse", "guess", "spotlight"].find((name) => root.querySelector(`.handle.${name}`));
    if (target) sandbox.move(target, pointerPosition(sandbox, event), event.timeStamp);
  });
  on(root.querySelector(".sliders"), "input", ({ target }) => {
    sandbox.change(Number(target.dataset.index), { [target.dataset.setting]: Number(target.value) });
  });
  on(root.querySelector(".controls"), "click", ({ target }) => {
    const { count, action } = target.closest("button")?.dataset ?? {};
    if (count) sandbox.setCount(Number(count));
    if (action) sandbox.press(action);
  });
  on(globalThis, "hsal-controller", () => sandbox.refresh());
  on(matchMedia("(prefers-color-scheme: dark)"), "change", () => sandbox.applyTheme());
  listenToHighlights(sandbox, signal);
}

// Position of the pointer in cells; the center of the first cell is 1, 1.
function pointerPosition(sandbox, { clientX, clientY }) {
  const box = sandbox.part("image").getBoundingClientRect();
  const { rows, columns } = sandbox.scene;
  return {
    row: ((clientY - box.top) / box.height) * rows + 0.5,
    column: ((clientX - box.left) / box.width) * columns + 0.5,
  };
}

function startDrag(sandbox, event) {
  const handle = event.target.closest(".handle");
  if (!handle) return;
  handle.setPointerCapture(event.pointerId);
  if (handle.dataset.target === "spotlight") sandbox.chosen = Number(handle.dataset.index);
}

function drag(sandbox, event) {
  const handle = event.target.closest(".handle");
  if (!handle?.hasPointerCapture(event.pointerId)) return;
  sandbox.move(handle.dataset.target, pointerPosition(sandbox, event), event.timeStamp);
}

function moveByKey(sandbox, event) {
  const handle = event.target.closest(".handle");
  const move = arrowStep(event);
  if (!handle || !move || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation(); // players on the page also listen for arrow keys
  const { target, index } = handle.dataset;
  if (target === "spotlight") sandbox.chosen = Number(index);
  const from = currentPosition(sandbox, target);
  const rounded = (step) => (target === "spotlight" ? step : Math.sign(step)); // a glimpse moves by whole cells
  sandbox.move(target, { row: from.row + rounded(move[0]), column: from.column + rounded(move[1]) }, event.timeStamp);
}

function currentPosition(sandbox, target) {
  if (target === "spotlight") return sandbox.spotlights[sandbox.chosen];
  if (target === "guess") return sandbox.guess;
  return centerOf(sandbox.cell ?? sandbox.shownCell ?? 0, sandbox.scene);
}
