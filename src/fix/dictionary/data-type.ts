/** Data types of fields. Types without a format (ids, currencies, countries) are TEXT. */
export const TEXT = 1;
export const INT = 2;
/** A number without a sign: sequence numbers, lengths, counts, tags. */
export const UNSIGNED = 3;
export const DECIMAL = 4;
export const CHAR = 5;
export const BOOLEAN = 6;
export const UTC_TIMESTAMP = 7;
export const UTC_TIME = 8;
export const DATE = 9;
export const MONTH_YEAR = 10;
export const DAY_OF_MONTH = 11;
/** Values separated by spaces. */
export const MULTIPLE = 12;
/** Any bytes; their count is in the length field before it. */
export const DATA = 13;
export const TZ_TIME = 14;
export const TZ_TIMESTAMP = 15;

const BY_NAME: Readonly<Record<string, number>> = {
  STRING: TEXT,
  CURRENCY: TEXT,
  EXCHANGE: TEXT,
  COUNTRY: TEXT,
  LANGUAGE: TEXT,
  TENOR: TEXT,
  PATTERN: TEXT,
  XID: TEXT,
  XIDREF: TEXT,
  INT,
  FLOAT: DECIMAL,
  QTY: DECIMAL,
  PRICE: DECIMAL,
  PRICEOFFSET: DECIMAL,
  AMT: DECIMAL,
  PERCENTAGE: DECIMAL,
  SEQNUM: UNSIGNED,
  LENGTH: UNSIGNED,
  NUMINGROUP: UNSIGNED,
  TAGNUM: UNSIGNED,
  CHAR,
  BOOLEAN,
  TIME: UTC_TIMESTAMP,
  UTCTIMESTAMP: UTC_TIMESTAMP,
  UTCTIMEONLY: UTC_TIME,
  LOCALMKTTIME: UTC_TIME,
  DATE,
  UTCDATE: DATE,
  UTCDATEONLY: DATE,
  LOCALMKTDATE: DATE,
  MONTHYEAR: MONTH_YEAR,
  DAYOFMONTH: DAY_OF_MONTH,
  MULTIPLEVALUESTRING: MULTIPLE,
  MULTIPLESTRINGVALUE: MULTIPLE,
  MULTIPLECHARVALUE: MULTIPLE,
  DATA,
  XMLDATA: DATA,
  TZTIMEONLY: TZ_TIME,
  TZTIMESTAMP: TZ_TIMESTAMP,
};

/** Returns the data type of a name (FIX Volume 1) in any spelling such as UTC-Timestamp, or undefined. */
export function dataType(name: string): number | undefined {
  const plain = plainName(name);
  return Object.hasOwn(BY_NAME, plain) ? BY_NAME[plain] : undefined;
}

/** Returns the data type of a name before FIX.4.2: a char has any length, quantities are whole numbers. */
export function earlyDataType(name: string): number | undefined {
  const plain = plainName(name);
  if (plain === "CHAR") return TEXT;
  return plain === "QTY" ? INT : dataType(plain);
}

function plainName(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, "");
}
