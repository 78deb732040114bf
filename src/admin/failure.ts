/** An answer that is an error: what was expected, what was got, and where. */
export class ApiFailure extends Error {
  constructor(
    readonly status: number,
    /** A stable word for programs. */
    readonly code: string,
    message: string,
    /** The field, parameter or header at fault; "" for none. */
    readonly where = "",
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

/** The answer of a failure as every path gives it. */
export function failureResponse({ status, code, message, where, headers }: ApiFailure): Response {
  const error = where === "" ? { code, message } : { code, message, where };
  return Response.json({ error }, { status, headers });
}
