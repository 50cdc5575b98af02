// What all parts of the page share.

export const $ = (id) => document.getElementById(id);
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

// Sets a control as a person would.
export function set(id, value) {
  $(id).value = value;
  $(id).dispatchEvent(new Event("input"));
}

// Shows the value of a slider beside it, whenever it changes; `shown` turns it into words.
export function follow(id, shown = (value) => value) {
  const input = $(id);
  const output = document.querySelector(`output[for="${id}"]`);
  const show = () => {
    output.value = shown(+input.value);
    input.setAttribute("aria-valuetext", output.value);
  };
  input.addEventListener("input", show);
  show();
}

// Tabs, by mouse and by arrow keys; `opened` is called with the name of the part that is shown.
export function tabs(opened) {
  const all = [...document.querySelectorAll("[role=tab]")];
  const open = (tab) => {
    for (const other of all) {
      const isOpen = other === tab;
      other.setAttribute("aria-selected", isOpen);
      other.tabIndex = isOpen ? 0 : -1;
      $(other.getAttribute("aria-controls")).hidden = !isOpen;
    }
    opened(tab.getAttribute("aria-controls"));
  };
  all.forEach((tab, i) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const places = { ArrowRight: i + 1, ArrowLeft: i - 1 + all.length, Home: 0, End: all.length - 1 };
      if (!(event.key in places)) return;
      const next = all[places[event.key] % all.length];
      next.focus();
      open(next);
    });
  });
}
