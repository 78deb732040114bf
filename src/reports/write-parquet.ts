import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { Column, ColumnType, Value } from "./column.ts";
import type { ReportWriter } from "./report-writer.ts";

type SchemaElement = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];

const GROUP_ROWS = 10_000;
const CREATED_BY = "sallyport";

/*  Columns in Parquet, all of them optional:
 *
 *  time     INT64, TIMESTAMP_MICROS: UTC                     text  BYTE_ARRAY, UTF8
 *  decimal  FIXED_LEN_BYTE_ARRAY(16), DECIMAL(38, 8): exact  flag  BOOLEAN
 *  count    INT64
 */
const ELEMENTS: Readonly<Record<ColumnType, Omit<SchemaElement, "name">>> = {
  time: { type: "INT64", converted_type: "TIMESTAMP_MICROS" },
  text: { type: "BYTE_ARRAY", converted_type: "UTF8" },
  decimal: { type: "FIXED_LEN_BYTE_ARRAY", type_length: 16, converted_type: "DECIMAL", precision: 38, scale: 8 },
  count: { type: "INT64" },
  flag: { type: "BOOLEAN" },
};

/** Writes row groups of GROUP_ROWS rows, each as soon as it is whole. */
export class ParquetReport implements ReportWriter {
  private readonly writer: ParquetWriter;
  private readonly bytes: ByteWriter;
  private data: Value[][];

  constructor(
    private readonly output: (bytes: Uint8Array) => void,
    private readonly columns: readonly Column<never>[],
  ) {
    this.bytes = new ByteWriter();
    const root = { name: "root", num_children: columns.length };
    const leaves = columns.map(
      ({ name, type }): SchemaElement => ({ name, repetition_type: "OPTIONAL", ...ELEMENTS[type] }),
    );
    this.writer = new ParquetWriter({ writer: this.bytes, schema: [root, ...leaves], createdBy: CREATED_BY });
    this.data = columns.map(() => []);
  }

  row(values: readonly Value[]): void {
    for (const [i, { type }] of this.columns.entries()) this.data[i]!.push(written(type, values[i]!));
    if (this.data[0]!.length === GROUP_ROWS) this.group();
  }

  end(): void {
    if (this.data[0]!.length > 0) this.group();
    void this.writer.finish();
    this.flush();
  }

  private group(): void {
    const { data } = this;
    void this.writer.write({
      columnData: this.columns.map(({ name }, i) => ({ name, data: data[i]! })),
      rowGroupSize: GROUP_ROWS,
    });
    this.data = this.columns.map(() => []);
    this.flush();
  }

  private flush(): void {
    this.output(this.bytes.getBytes().slice());
    this.bytes.index = 0;
  }
}

function written(type: ColumnType, value: Value): Value {
  return value !== null && (type === "time" || type === "count") ? BigInt(value) : value;
}
