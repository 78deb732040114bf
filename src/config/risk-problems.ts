import { checkCurrencies } from "./currencies.ts";
import { checkName, entriesOf, listOf, type Report, type Table, tableOf } from "./file-tables.ts";
import { pathText } from "./problem.ts";

/** Names of accounts, symbols and traders that clients, restricted lists and sessions have. */
export function checkRisk(file: Table, report: Report): void {
  checkRestricted(file, report);
  checkClients(file, report);
  checkTraders(file, report);
  checkCurrencies(file, report);
}

function checkRestricted(file: Table, report: Report): void {
  const { accounts, clients, restricted } = tableOf(file.risk);
  for (const [name, list] of entriesOf(restricted)) {
    const path = ["risk", "restricted", name];
    for (const [i, symbol] of listOf(list.symbols).entries())
      checkName([...path, "symbols", i], symbol, tableOf(file.symbols), "a symbol in symbols", report);
    for (const [i, account] of listOf(list.accounts).entries())
      checkName([...path, "accounts", i], account, tableOf(accounts), "an account in risk.accounts", report);
    for (const [i, client] of listOf(list.clients).entries())
      checkName([...path, "clients", i], client, tableOf(clients), "a client in risk.clients", report);
  }
}

function checkTraders(file: Table, report: Report): void {
  const traders = tableOf(tableOf(file.risk).traders);
  for (const [name, session] of entriesOf(tableOf(file.client).sessions))
    for (const [i, trader] of listOf(session.traders).entries())
      checkName(["client", "sessions", name, "traders", i], trader, traders, "a trader in risk.traders", report);
}

/** An account is of one client at most: its sums would not say whose it is. */
function checkClients(file: Table, report: Report): void {
  const { accounts, clients } = tableOf(file.risk);
  const owners = new Map<unknown, string>();
  for (const [name, client] of entriesOf(clients))
    for (const [i, account] of listOf(client.accounts).entries()) {
      const path = ["risk", "clients", name, "accounts", i];
      checkName(path, account, tableOf(accounts), "an account in risk.accounts", report);
      const owner = owners.get(account);
      if (owner !== undefined) report(path, `expected an account of one client at most, got ${account} as in ${owner}`);
      owners.set(account, pathText(["risk", "clients", name]));
    }
}
