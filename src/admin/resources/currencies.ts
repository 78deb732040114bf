import { t } from "elysia";
import type { AdminContext } from "../context.ts";
import { resource } from "../resource.ts";
import { answers, listOf, why } from "../schema.ts";
import { page, paged } from "./pages.ts";
import { known, settingsChange, tagged } from "./setting-change.ts";
import { changeAnswers, endBody, settingSchema, settingsBody } from "./setting-schema.ts";

const name = t.Object({ name: t.String({ minLength: 1, maxLength: 64 }) });

const currencySchema = t.Object({
  name: t.String(),
  version: t.String({ description: "The ETag, without quotes." }),
  rate: t.Nullable(
    t.String({ description: "Units of the limits' currency for one of it; null: its symbols take no orders." }),
  ),
  limitCurrency: t.String(),
  symbols: t.Integer({ description: "How many symbols have it." }),
  settings: listOf(settingSchema),
});

/** Currencies of symbols' prices, and their rates to the currency of the limits: read, and changed while orders flow. */
export function currenciesResource(context: AdminContext) {
  const { currencies } = context.operations;
  const change = settingsChange(context);
  return resource("Currencies")
    .get("/v1/currencies", ({ query }) => paged("currencies", currencies, query), {
      query: page,
      response: answers(t.Object({ currencies: listOf(currencySchema), next: t.Nullable(t.String()) })),
      detail: { summary: "Currencies of symbols, and their rates to the currency of the limits" },
    })
    .get("/v1/currencies/:name", ({ params, set }) => tagged(known("currency", params.name, currencies), set), {
      params: name,
      response: answers(currencySchema),
      detail: { summary: "One currency; its ETag is for a change" },
    })
    .patch(
      "/v1/currencies/:name",
      (request) => change(request, "currency", known("currency", request.params.name, currencies)),
      {
        params: name,
        body: t.Object({ settings: settingsBody, ...endBody, why }),
        response: changeAnswers,
        detail: { summary: "Change the rate of a currency from the next order on; needs If-Match" },
      },
    );
}
