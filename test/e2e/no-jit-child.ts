// Forbids itself memory that is both written and executed, and runs a command that inherits this: MODE COMMAND…
import { checked } from "../../ffi/errno.ts";
import { libc } from "../../ffi/libc.ts";
import { addressOf } from "../../ffi/memory.ts";

const PR_SET_SECCOMP = 22;
const SECCOMP_MODE_FILTER = 2;
const PR_SET_NO_NEW_PRIVS = 38;
const PR_SET_MDWE = 65;
const PR_MDWE_REFUSE_EXEC_GAIN = 1;
const PROT_WRITE_EXEC = 2 | 4;
const PROT_EXEC = 4;
const EPERM = 1;
const ALLOW = 0x7fff0000;
const REFUSE = 0x00050000 | EPERM;

const LOAD = 0x20;
const AND = 0x54;
const JUMP_EQUAL = 0x15;
const RETURN = 0x06;
/*  struct seccomp_data   0 number of the call │ 4 architecture │ 8 address │ 16 arguments, 8 bytes each */
const NUMBER_AT = 0;
const PROT_AT = 16 + 2 * 8;
const [MMAP, MPROTECT] = process.arch === "arm64" ? [222, 226] : [9, 10];

/** What systemd's MemoryDenyWriteExecute refuses, by mmap and mprotect. */
const filter: [code: number, ifTrue: number, ifFalse: number, value: number][] = [
  [LOAD, 0, 0, NUMBER_AT],
  [JUMP_EQUAL, 0, 4, MMAP!],
  [LOAD, 0, 0, PROT_AT],
  [AND, 0, 0, PROT_WRITE_EXEC],
  [JUMP_EQUAL, 0, 5, PROT_WRITE_EXEC],
  [RETURN, 0, 0, REFUSE],
  [JUMP_EQUAL, 0, 3, MPROTECT!],
  [LOAD, 0, 0, PROT_AT],
  [AND, 0, 0, PROT_EXEC],
  [JUMP_EQUAL, 1, 0, PROT_EXEC],
  [RETURN, 0, 0, ALLOW],
  [RETURN, 0, 0, REFUSE],
];

function forbidByFilter(): void {
  const program = new DataView(new ArrayBuffer(8 * filter.length));
  for (const [i, [code, ifTrue, ifFalse, value]] of filter.entries()) {
    program.setUint16(8 * i, code, true);
    program.setUint8(8 * i + 2, ifTrue);
    program.setUint8(8 * i + 3, ifFalse);
    program.setUint32(8 * i + 4, value, true);
  }
  const head = new DataView(new ArrayBuffer(16));
  head.setUint16(0, filter.length, true);
  head.setBigUint64(8, BigInt(addressOf(program.buffer)), true);
  checked("prctl PR_SET_NO_NEW_PRIVS", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
  checked("prctl PR_SET_SECCOMP", libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, addressOf(head.buffer), 0, 0));
}

const [mode, ...command] = process.argv.slice(2);
if (mode === "filter") forbidByFilter();
else checked("prctl PR_SET_MDWE", libc.prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0));
const { exitCode } = Bun.spawnSync(command, { stdin: "ignore", stdout: "inherit", stderr: "inherit" });
process.exit(exitCode);
