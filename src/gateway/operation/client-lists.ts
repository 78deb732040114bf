import type { KeyChange } from "../../config/difference.ts";
import { pathText } from "../../config/problem.ts";
import type { ConfigFile } from "../../config/schema.ts";

/** By account: the key of the client's list that names it. */
export type NamedInLists = ReadonlyMap<string, string>;

type Clients = ConfigFile["risk"]["clients"];

const made = new WeakMap<object, NamedInLists>();

/** Accounts of clients in a configuration. */
export function namedInForce({ risk: { clients } }: ConfigFile): NamedInLists {
  return keptOf(clients, () => namedIn(clients));
}

/** Accounts in the lists that changes give to clients. */
export function namedByChanges(changes: readonly KeyChange[]): NamedInLists {
  return keptOf(changes, () => {
    const named = new Map<string, string>();
    for (const { keys, after } of changes) {
      if (after === undefined || keys[0] !== "risk" || keys[1] !== "clients") continue;
      const [, , client, key] = keys.map(String);
      const lists =
        client === undefined
          ? (after as Clients)
          : key === undefined
            ? { [client]: after as Clients[string] }
            : key === "accounts"
              ? { [client]: { accounts: after as string[] } }
              : {};
      for (const [account, where] of namedIn(lists)) named.set(account, where);
    }
    return named;
  });
}

function namedIn(clients: Readonly<Record<string, { readonly accounts: readonly string[] }>>): NamedInLists {
  return new Map(
    Object.entries(clients).flatMap(([name, { accounts }]) =>
      accounts.map((account): [string, string] => [account, pathText(["risk", "clients", name, "accounts"])]),
    ),
  );
}

/** Of many changes each one asks. */
function keptOf(of: object, make: () => NamedInLists): NamedInLists {
  const kept = made.get(of) ?? make();
  made.set(of, kept);
  return kept;
}
