// One slide at a time, as large as the window allows: arrows, space, a click or a swipe turn it.
const slides = [...document.querySelectorAll("section")];
let at = 0;

function show(number, write = true) {
  at = Math.min(Math.max(number, 0), slides.length - 1);
  slides.forEach((slide, i) => slide.classList.toggle("shown", i === at));
  const slide = slides[at];
  slide.style.transform = "none";
  const room = [innerWidth * 0.94 / slide.offsetWidth, innerHeight * 0.94 / slide.offsetHeight];
  const scale = Math.min(...room, 1.6);
  slide.style.transform = `scale(${scale}) translateX(-50%)`;
  document.querySelector("footer").textContent = `${at + 1} / ${slides.length}`;
  if (write) history.replaceState(null, "", `#${at + 1}`);
}

const steps = {ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1};
addEventListener("keydown", (event) => {
  if (event.key in steps) { event.preventDefault(); show(at + steps[event.key]); }
  if (event.key === "Home") show(0);
  if (event.key === "End") show(slides.length - 1);
});
addEventListener("click", (event) => {
  if (!event.target.closest("a, summary, details, button, input")) show(at + (event.clientX > innerWidth / 3 ? 1 : -1));
});
let touched = 0;
addEventListener("touchstart", (event) => { touched = event.touches[0].clientX; });
addEventListener("touchend", (event) => {
  const moved = event.changedTouches[0].clientX - touched;
  if (Math.abs(moved) > 60) show(at - Math.sign(moved));
});
addEventListener("toggle", () => show(at), true);
addEventListener("resize", () => show(at));
addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1 || 0, false));
addEventListener("load", () => show(Number(location.hash.slice(1)) - 1 || 0));
