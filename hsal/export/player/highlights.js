// Words of the page that speak of a part of an element: while one is pointed at or has the focus, the part lights up.
// Such a word is an element with data-lights="mask", anywhere in the page.

// word -> the player's layers that it shows
const LIT = {
  image: [], saliency: ["saliency"], mask: ["mask"], spotlight: ["mask"], priority: ["priority"],
  glimpse: ["glimpses"], glimpses: ["glimpses"], inhibition: ["saliency", "inhibition"],
};

// lit: anything with a method light(name), name null for no word
function listenToWords(lit, signal) {
  const wordOf = ({ target }) => target.closest?.("[data-lights]")?.dataset.lights ?? null;
  for (const event of ["pointerover", "focusin"]) {
    document.addEventListener(event, (happened) => lit.light(wordOf(happened)), { signal });
  }
  document.addEventListener("focusout", () => lit.light(null), { signal });
}
