// Mouse, touch, keys, and the words of the page that light up a part.

function listen(sandbox, signal) {
  const { root } = sandbox;
  const on = (target, event, act) => target.addEventListener(event, act, { signal });
  const handles = root.querySelector(".handles");
  on(handles, "pointerdown", (event) => grasp(sandbox, event));
  on(handles, "pointermove", (event) => drag(sandbox, event));
  on(handles, "keydown", (event) => nudge(sandbox, event));
  on(root.querySelector(".image"), "click", (event) => {
    const target = ["glimpse", "guess", "spot"].find((name) => root.querySelector(`.handle.${name}`));
    if (target) sandbox.move(target, placeAt(sandbox, event), event.timeStamp);
  });
  on(root.querySelector(".sliders"), "input", ({ target }) => {
    sandbox.turn(Number(target.dataset.place), { [target.dataset.turns]: Number(target.value) });
  });
  on(root.querySelector(".controls"), "click", ({ target }) => {
    const { count, do: wish } = target.closest("button")?.dataset ?? {};
    if (count) sandbox.setCount(Number(count));
    if (wish) sandbox.press(wish);
  });
  on(globalThis, "hsal-controller", () => sandbox.refresh());
  on(matchMedia("(prefers-color-scheme: dark)"), "change", () => sandbox.applyTheme());
  listenToWords(sandbox, signal);
}

// Where the pointer is, in cells from the first one's middle.
function placeAt(sandbox, { clientX, clientY }) {
  const box = sandbox.part("image").getBoundingClientRect();
  const { rows, columns } = sandbox.scene;
  return {
    row: ((clientY - box.top) / box.height) * rows + 0.5,
    column: ((clientX - box.left) / box.width) * columns + 0.5,
  };
}

function grasp(sandbox, event) {
  const handle = event.target.closest(".handle");
  if (!handle) return;
  handle.setPointerCapture(event.pointerId);
  if (handle.dataset.target === "spot") sandbox.chosen = Number(handle.dataset.place);
}

function drag(sandbox, event) {
  const handle = event.target.closest(".handle");
  if (handle?.hasPointerCapture(event.pointerId)) sandbox.move(handle.dataset.target, placeAt(sandbox, event), event.timeStamp);
}

function nudge(sandbox, event) {
  const handle = event.target.closest(".handle");
  const move = moveOf(event);
  if (!handle || !move || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  event.stopPropagation(); // the page's players listen for arrow keys too
  const { target, place } = handle.dataset;
  if (target === "spot") sandbox.chosen = Number(place);
  const from = startOf(sandbox, target);
  const whole = (way) => (target === "spot" ? way : Math.sign(way)); // a glimpse goes from cell to cell
  sandbox.move(target, { row: from.row + whole(move[0]), column: from.column + whole(move[1]) }, event.timeStamp);
}

function startOf(sandbox, target) {
  if (target === "spot") return sandbox.spots[sandbox.chosen];
  if (target === "guess") return sandbox.guess;
  return middleOf(sandbox.cell ?? sandbox.shownCell ?? 0, sandbox.scene);
}
