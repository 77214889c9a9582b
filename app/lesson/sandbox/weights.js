// The element that receives the weights; data is a safetensors file as bytes.

export default function receive({ data }) {
  storeController(data);
}
