// Buttons, keys, timeline and layer switches of the player.

const KEYS = {
  ArrowLeft: ["back", "previousStep"],
  ArrowRight: ["forward", "nextStep"],
  ArrowUp: ["previousStep", "previousStep"],
  ArrowDown: ["nextStep", "nextStep"],
  Home: ["first", "first"],
  End: ["last", "last"],
};

function listenToControls(player, signal) {
  const { root, part } = player;
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal });
  on(root, "keydown", (event) => pressKey(player, event));
  on(document, "keydown", (event) => pressKeyOnPage(player, event));
  on(root, "click", (event) => {
    const button = event.target.closest("button");
    if (button) press(player, button);
  });
  on(part("scrub"), "input", (event) => player.go(Number(event.target.value)));
  on(part("opacity"), "input", (event) => player.choose({ opacity: Number(event.target.value) / 100 }));
  for (const type of ["pointermove", "pointerdown", "pointerleave"]) {
    on(part("image"), type, (event) => player.hover(event));
  }
  on(matchMedia("(prefers-color-scheme: dark)"), "change", () => player.themeChanged());
}

function press(player, button) {
  const { go, speed, layer, drawing } = button.dataset;
  if (button === player.part("play")) player.togglePlay();
  else if (go) player.goTo(go);
  else if (speed) player.choose({ speed: Number(speed) });
  else if (drawing) player.choose({ smooth: drawing === "smooth" });
  else if (layer) {
    const shown = button.getAttribute("aria-pressed") === "true";
    player.choose({ overrides: { ...player.settings.overrides, [layer]: !shown } });
  } else player.choose({ overrides: {} });
}

// The left and right arrow keys also work while the page, or an element around the player, has the focus. The other
// keys then scroll the page as usual.
function pressKeyOnPage(player, event) {
  const host = player.root.getRootNode().host ?? player.root;
  const outside = event.target !== host && event.target.contains?.(host);
  const idle = outside && !event.defaultPrevented && !event.shiftKey;
  const listens = player.group ? player.group.leads(player) : !player.compact;
  if (idle && listens && ["ArrowLeft", "ArrowRight"].includes(event.key)) pressKey(player, event);
}

function pressKey(player, event) {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const { target } = event;
  if (event.key === " ") {
    // The space bar presses a focused button, as usual.
    if (target.closest("button")) return;
    player.togglePlay();
  } else {
    const [plain, shifted] = KEYS[event.key] ?? [];
    if (!plain || target === player.part("opacity")) return;
    player.goTo(event.shiftKey ? shifted : plain);
  }
  event.preventDefault();
}

// mark: the moment at which this trace diverges from another one, or null
function buildTimeline(root, trace, moments, mark) {
  const segments = moments.map(({ tone, kind, step }, index) => {
    const starts = index > 0 && moments[index - 1].step !== step;
    const segment = element("span", `segment ${tone}${starts ? " starts" : ""}${index === mark ? " diverges" : ""}`);
    segment.dataset.kind = kind;
    return segment;
  });
  root.querySelector(".segments").replaceChildren(...segments);
  const labels = trace.steps.map((record, step) => {
    const numbered = trace.free || trace.withheld; // fixations have numbers on the image
    const label = element("span", "step-label", numbered ? String(step + 1) : trace.names[record.label]);
    label.style.flexGrow = moments.filter((moment) => moment.step === step).length;
    if (!numbered && verdictOf(record) !== null) label.append(verdictSign(verdictOf(record)));
    return label;
  });
  root.querySelector(".step-labels").replaceChildren(...labels);
  const timeline = root.querySelector(".timeline");
  timeline.style.setProperty("--count", moments.length);
  timeline.classList.toggle("dense", moments.length > 50); // too many for gaps between them
  root.querySelector(".scrub").max = moments.length - 1;
}

function showTimeline(root, moments, now) {
  const scrub = root.querySelector(".scrub");
  scrub.value = now;
  scrub.setAttribute("aria-valuetext", `moment ${now + 1} of ${moments.length}, meta-step ${moments[now].step + 1}`);
  for (const [index, segment] of [...root.querySelector(".segments").children].entries()) {
    segment.classList.toggle("ahead", index > now);
  }
  for (const button of root.querySelectorAll("[data-go]")) {
    const backwards = ["first", "previousStep", "back"].includes(button.dataset.go);
    // aria-disabled, unlike disabled, keeps the focus when the end is reached
    button.setAttribute("aria-disabled", now === (backwards ? 0 : moments.length - 1));
  }
}

function showViewSettings(root, layers, { overrides, speed, smooth, opacity }) {
  const pressed = (button, is) => button.setAttribute("aria-pressed", is);
  for (const button of root.querySelectorAll("[data-layer]")) {
    pressed(button, layers.has(button.dataset.layer));
    button.classList.toggle("overridden", button.dataset.layer in overrides);
  }
  for (const button of root.querySelectorAll("[data-speed]")) pressed(button, Number(button.dataset.speed) === speed);
  for (const button of root.querySelectorAll("[data-drawing]")) {
    pressed(button, (button.dataset.drawing === "smooth") === smooth);
  }
  pressed(root.querySelector(".automatic"), Object.keys(overrides).length === 0);
  root.querySelector(".opacity").value = Math.round(opacity * 100);
}

function readoutOf(trace, moment, cell) {
  const { saliency, nextSaliency, mask, priority } = trace.steps[moment.step];
  const after = moment.kind === "inhibition" ? ` \u2192 ${decimal(nextSaliency[cell])}` : "";
  const parts = [
    cellName(trace, cell),
    `saliency ${decimal(saliency[cell])}${after}`,
    `mask ${decimal(mask[cell])}`,
    `priority ${decimal(priority[cell])}`,
  ];
  return parts.join(" \u00b7 ");
}
