// Words of the page that highlight a part of an element while the pointer or the focus is on them.
// Such a word is an element with data-highlights="mask", anywhere in the page.

// word -> the layers that the player shows for it
const HIGHLIGHTED_LAYERS = {
  image: [], saliency: ["saliency"], mask: ["mask"], spotlight: ["mask"], priority: ["priority"],
  glimpse: ["glimpses"], glimpses: ["glimpses"], inhibition: ["saliency", "inhibition"],
};

// target: an object with a method highlight(name); name is null for no word
function listenToHighlights(target, signal) {
  const wordOf = (event) => event.target.closest?.("[data-highlights]")?.dataset.highlights ?? null;
  for (const type of ["pointerover", "focusin"]) {
    document.addEventListener(type, (event) => target.highlight(wordOf(event)), { signal });
  }
  document.addEventListener("focusout", () => target.highlight(null), { signal });
}
