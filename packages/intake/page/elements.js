/** Elements, made without a single piece of markup from text: what an event says is only ever shown. */

/** Makes an element. `children` are elements and texts; attributes that are `undefined` are left out. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

export function byId(id) {
  return document.getElementById(id);
}

const svg = "http://www.w3.org/2000/svg";

/** A line of numbers, for the eye only: the number beside it says what it comes to. */
export function sparkline(values, { width = 96, height = 22 } = {}) {
  const most = Math.max(1, ...values);
  const step = width / (values.length - 1);
  const points = values.map(
    (value, at) => `${(at * step).toFixed(1)},${(height - 2 - (value / most) * (height - 4)).toFixed(1)}`,
  );
  const made = document.createElementNS(svg, "svg");
  for (const [key, value] of Object.entries({
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    "aria-hidden": "true",
    class: "spark",
  })) {
    made.setAttribute(key, value);
  }
  const area = document.createElementNS(svg, "polygon");
  area.setAttribute("points", `0,${height} ${points.join(" ")} ${width},${height}`);
  const line = document.createElementNS(svg, "polyline");
  line.setAttribute("points", points.join(" "));
  made.append(area, line);
  return made;
}

const whole = new Intl.NumberFormat("en");

export function count(number) {
  return whole.format(number);
}

/** Events a second over the last ten seconds. */
export function perSecond(seconds) {
  const mean = seconds.slice(-10).reduce((sum, value) => sum + value, 0) / 10;
  return mean === 0 ? "0" : mean < 10 ? mean.toFixed(1) : count(Math.round(mean));
}

/** Copies a text and says so on the button for a moment. */
export function copyWith(button, textOf) {
  const label = button.textContent;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(textOf());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select it by hand";
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1_500);
  });
}

/** A colour of a type: the same on every page and every day. */
export function hueOf(type) {
  const known = {
    behavioral: 250,
    metric: 200,
    error: 12,
    billing: 150,
    active: 90,
    log: 280,
    telemetry: 320,
  };
  if (Object.hasOwn(known, type)) return known[type];
  let hash = 0;
  for (const character of type) hash = (hash * 31 + character.codePointAt(0)) % 360;
  return hash;
}

/** Times of a day, of the machine that the page is looked at on. */
export function clockWith(options = {}) {
  const parts = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Intl.DateTimeFormat("en", { ...parts, hourCycle: "h23", ...options });
}

export function typeChip(type) {
  const chip = element("span", { class: "chip", title: type }, type);
  chip.style.setProperty("--hue", hueOf(type));
  return chip;
}
