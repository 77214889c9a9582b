// What the server sends of a scene becomes plain numbers.

function readScene({ image, saliency, volume, gaussians, truth, names }) {
  const [rows, columns] = saliency.shape;
  const [height, width, channels = 1] = image.shape;
  return {
    image: { height, width, channels, data: image.data },
    rows,
    columns,
    saliency: Float32Array.from(saliency.data),
    channels: volume?.shape[0],
    volume: volume && halves(fromBase64(volume.data)),
    own: gaussians,
    truth,
    names,
  };
}

// Weights come apart from the scenes, once a visit, as an element of their own; both meet here.
const controllers = (globalThis.hsalControllers ??= new Map());

// file: safetensors, with the weights' name in its metadata
function keepController(file) {
  const { metadata, tensors } = readTensors(file);
  controllers.set(metadata.name, controllerOf(tensors));
  dispatchEvent(new CustomEvent("hsal-controller"));
}
