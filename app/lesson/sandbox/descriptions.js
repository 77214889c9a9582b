// Pure: what the sandbox says, in words.

function named(scene, label) {
  return label === scene.names.length - 1 ? "stop" : withArticle(scene.names[label]);
}

// true = the label is in the scene; for stop, never, since the scene is full of digits yet to be named
function isThere(scene, label) {
  return scene.truth === null ? null : scene.truth.includes(label);
}

function answerOf(scene, { classes, label }) {
  return `${named(scene, label)} (${percent(classes[label])})`;
}

function spotName(place, spots) {
  const { row, column, sigma } = spots[place];
  const share = percent(sharesOf(spots)[place]);
  const where = `row ${row.toFixed(1)}, column ${column.toFixed(1)}`;
  return `Spotlight ${place + 1}: ${where}, weight ${share}, width ${sigma.toFixed(1)} cells. Arrow keys move it.`;
}

function guessSentence(scene, cell) {
  const { saliency } = scene;
  const lower = saliency.filter((value) => value < saliency[cell]).length / saliency.length;
  if (cell === argmax(saliency)) return "You have found the very peak: nothing stands out more than this.";
  return `Here saliency is ${decimal(saliency[cell])} of its highest; ` +
    `${percent(lower)} of all cells stand out less. The ring marks the peak.`;
}

function imageSentence(scene, covert, layer) {
  const names = scene.truth?.map((label) => scene.names[label]).join(", ");
  const there = names ? `An image of the digits ${names}.` : "An image.";
  if (layer === "saliency") return `${there} Over it, saliency, highest at ${cellName(scene, argmax(scene.saliency))}.`;
  if (!covert || layer === "image") return there;
  return `${there} Over it, the covert spotlight, brightest at ${cellName(scene, argmax(covert.mask))}.`;
}
