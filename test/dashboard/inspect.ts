/** A text of a page that is harder to read than it may be. */
export interface Unreadable {
  readonly text: string;
  readonly why: string;
}

/**
 * Runs in the page: every text that is shown, with a size below 14 px or a contrast below WCAG AA (4.5, of large text 3).
 * Throws when the page has no text, as nothing was looked at then.
 */
export function unreadableTexts(): Unreadable[] {
  type Colour = [red: number, green: number, blue: number, alpha: number];
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const colourOf = (text: string): Colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = text;
    canvas.fillRect(0, 0, 1, 1);
    const [red, green, blue, alpha] = canvas.getImageData(0, 0, 1, 1).data;
    return [red!, green!, blue!, alpha! / 255];
  };
  const over = (top: Colour, below: Colour): Colour => {
    const mix = (i: 0 | 1 | 2): number => top[i] * top[3] + below[i] * (1 - top[3]);
    return [mix(0), mix(1), mix(2), 1];
  };
  const backgroundOf = (element: Element): Colour => {
    const own = colourOf(getComputedStyle(element).backgroundColor);
    if (own[3] === 1) return own;
    return over(own, element.parentElement === null ? [255, 255, 255, 1] : backgroundOf(element.parentElement));
  };
  const luminance = (colour: Colour): number => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => {
      const part = value / 255;
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  };
  const found: Unreadable[] = [];
  let looked = 0;
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
    const value = element instanceof HTMLInputElement ? element.value : "";
    const text = (own.map(({ textContent }) => textContent).join("") + value).trim();
    const box = element.getBoundingClientRect();
    // What only screen readers have is one pixel wide.
    if (text === "" || box.width <= 1 || box.height <= 1 || !element.checkVisibility()) continue;
    looked++;
    const style = getComputedStyle(element);
    const size = Number.parseFloat(style.fontSize);
    const background = backgroundOf(element);
    const [light, dark] = [luminance(over(colourOf(style.color), background)), luminance(background)].sort(
      (a, b) => b - a,
    );
    const contrast = (light! + 0.05) / (dark! + 0.05);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const shown = `${element.tagName} ${text.slice(0, 40)}`;
    if (size < 14) found.push({ text: shown, why: `${size} px` });
    if (contrast < needed) found.push({ text: shown, why: `contrast ${contrast.toFixed(2)}, needs ${needed}` });
  }
  if (looked === 0) throw new Error("expected texts, got none");
  return found;
}
