/** The tables of a gateway with one symbol and one account, ACC1, that trades with its own exchange at a port. */
export function oneSymbol(exchangePort: number): string {
  return `
[venues.SIM]
address = "127.0.0.1:${exchangePort}"
compId = "EXCHANGE"
resetOnLogon = true
[routing]
default = "SIM"
[symbols.AAPL]
referencePrice = "150"
[risk]
collarPercent = 10
[risk.accounts.ACC1]
maxOrderQty = 1000
maxOrderNotional = 1_000_000
maxOpenOrders = 10_000
ordersPerSecond = 1_000_000
[exchange]
listen = "127.0.0.1:${exchangePort}"
`;
}
