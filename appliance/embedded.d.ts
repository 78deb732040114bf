/** Files that the executable carries as text. */
declare module "*.conf" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
declare module "*.service" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
declare module "*.md" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
declare module "*.css" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
declare module "*.svg" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
declare module "*.yml" {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: an import of text is its default.
  export default text;
}
