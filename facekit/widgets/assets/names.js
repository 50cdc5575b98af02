// Gives a name to what ipywidgets leaves without one, for screen readers.
function render({ model, el }) {
  const name = (box) => {
    box.querySelectorAll(".noUi-handle").forEach((handle) => {
      const label = handle.closest(".widget-inline-hbox")?.querySelector("label");
      if (label) handle.setAttribute("aria-label", label.textContent);
    });
    box.querySelectorAll("button[title]").forEach((button) => {
      if (button.title) button.setAttribute("aria-label", button.title);
      const image = button.closest(".widget-vbox")?.querySelector(":scope > img"); // of one face
      if (image && button.title) image.alt = button.title.replace(/ is .*/, "");
    });
    const picture = box.querySelector(":scope > img");
    if (picture) picture.alt = model.get("picture");
  };
  let observer;
  const begin = (tries) => {
    const box = el.closest(".facekit-live");
    if (box) {
      name(box);
      model.on("change:picture", () => name(box));
      observer = new MutationObserver(() => name(box));
      observer.observe(box, { childList: true, subtree: true });
    } else if (tries) {
      setTimeout(begin, 100, tries - 1); // not in the page yet
    }
  };
  begin(100);
  return () => observer?.disconnect();
}

export default { render };
