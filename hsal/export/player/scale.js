// The color bar of the topmost map on the stage, with its range.

const SCALES = ["priority", "mask", "saliency"]; // the topmost first
const SCALE_NAMES = { priority: "priority", mask: "covert mask", saliency: "saliency" };

// The name and the maximum of the topmost of these layers; null if there is no map.
function scaleOf(stage, layers) {
  const map = SCALES.find((name) => layers.has(name));
  if (!map) return null;
  const maximum = { priority: stage.highestPriority, mask: stage.highestMask(), saliency: 1 }[map];
  return { map, maximum };
}

function showScale(root, scale) {
  const part = root.querySelector(".scale");
  part.classList.toggle("hidden", scale === null);
  if (scale === null) return;
  part.dataset.map = scale.map;
  part.querySelector(".what").textContent = SCALE_NAMES[scale.map];
  part.querySelector(".maximum").textContent = decimal(scale.maximum);
}
