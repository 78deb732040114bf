/** Files that `sallyport example` prints; each is loaded only when it is asked for. */
const FILES = {
  plain: () => import("../gateway.toml", { with: { type: "text" } }),
  production: () => import("../production.toml", { with: { type: "text" } }),
  grafana: () => import("../grafana/dashboard.json", { with: { type: "text" } }),
  alerts: () => import("../prometheus/alerts.yml", { with: { type: "text" } }),
};

export async function example(what: keyof typeof FILES): Promise<string> {
  const { default: text } = await FILES[what]();
  // The type of a JSON file is that of what it holds, also where its text is imported.
  return text as unknown as string;
}
