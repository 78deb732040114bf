/** Configuration of a venue on this machine, and of a symbol that goes to it. */
export function venueTables(name: string, port: number, more = "", symbol = name): string {
  return `
[venues.${name}]
address = "127.0.0.1:${port}"
reconnectMinMs = 20
${more}
[symbols.${symbol}]
venue = "${name}"
referencePrice = "150"`;
}
