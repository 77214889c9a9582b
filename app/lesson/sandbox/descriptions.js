// Pure: the sentences and labels of the sandbox.

function named(scene, label) {
  return label === scene.names.length - 1 ? "stop" : withArticle(scene.names[label]);
}

// Whether the label is in the scene, null if the truth is unknown. Stop is incorrect: no digit has been named yet.
function isCorrect(scene, label) {
  return scene.truth === null ? null : scene.truth.includes(label);
}

function answerOf(scene, { classes, label }) {
  return `${named(scene, label)} (${percent(classes[label])})`;
}

function spotlightLabel(index, spotlights) {
  const { row, column, sigma } = spotlights[index];
  const weight = percent(weightsOf(spotlights)[index]);
  const where = `row ${row.toFixed(1)}, column ${column.toFixed(1)}`;
  return `Spotlight ${index + 1}: ${where}, weight ${weight}, width ${sigma.toFixed(1)} cells. Arrow keys move it.`;
}

function guessFeedback(scene, cell) {
  const { saliency } = scene;
  const lower = saliency.filter((value) => value < saliency[cell]).length / saliency.length;
  if (cell === argmax(saliency)) return "This is the peak of the map: no place stands out more.";
  return `Saliency here is ${decimal(saliency[cell])} of the maximum; ` +
    `${percent(lower)} of all cells stand out less. The circle marks the peak.`;
}

function imageSentence(scene, covert, layer) {
  const names = scene.truth?.map((label) => scene.names[label]).join(", ");
  const image = names ? `An image of the digits ${names}.` : "An image.";
  if (layer === "saliency") return `${image} Overlay: saliency, highest at ${cellName(scene, argmax(scene.saliency))}.`;
  if (!covert || layer === "image") return image;
  return `${image} Overlay: covert mask, highest at ${cellName(scene, argmax(covert.mask))}.`;
}
