// Converts a scene from the server to typed arrays.

function readScene({ image, saliency, volume, gaussians, truth, names }) {
  const [rows, columns] = saliency.shape;
  const [height, width, channels = 1] = image.shape;
  return {
    image: { height, width, channels, data: image.data },
    rows,
    columns,
    saliency: Float32Array.from(saliency.data),
    channels: volume?.shape[0],
    volume: volume && readHalves(fromBase64(volume.data)),
    own: gaussians,
    truth,
    names,
  };
}

// Weights name -> controller. The weights are sent once per visit, by an element other than the scenes.
const controllers = (globalThis.hsalControllers ??= new Map());

// file: safetensors, with the name of the weights in its metadata
function storeController(file) {
  const { metadata, tensors } = readTensors(file);
  controllers.set(metadata.name, controllerOf(tensors));
  dispatchEvent(new CustomEvent("hsal-controller"));
}
